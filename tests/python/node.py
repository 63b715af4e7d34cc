"""Nodes of their own for tests, on addresses of loopback that no other test uses."""

import http.client
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile
import time

DEADLINE_SECONDS = 60
PROBE_SECONDS = 0.02

_guards = []  # sockets that hold what this process has claimed, until it ends


def claim_network():
    """Claims a /24 of 127.9.0.0/16 until the process ends, by the port that tests/addresses.h holds too."""
    for i in range(254):
        network = 1 + (os.getpid() + i) % 254
        guard = socket.socket()
        try:
            guard.bind((f"127.9.{network}.254", 7399))
        except OSError:
            guard.close()
            continue
        _guards.append(guard)
        return f"127.9.{network}"
    raise RuntimeError("254 test processes at once")


class Cluster:
    """Nodes of one datacenter, home-1, home-2, …, one for each host, and as many replicas. Their folder goes when it ends."""

    def __init__(self, *hosts):
        self._folder = tempfile.TemporaryDirectory(prefix="causeway-python-")
        folder = pathlib.Path(self._folder.name)
        self.topology = folder / "topology.yaml"
        self.topology.write_text(
            f"cluster: test\npartitions: 8\ndatacenters:\n  home:\n    replicas: {len(hosts)}\n    nodes:\n" + "".join(
                f"      - {{name: home-{i}, rack: r{i}, address: {host}}}\n" for i, host in enumerate(hosts, 1)))
        self.nodes = [Node(self, f"home-{i}", host, folder) for i, host in enumerate(hosts, 1)]
        for node in self.nodes:
            node.start("--found", "c0ffee")
        for node in self.nodes:
            node.await_ready()

    def close(self):
        for node in self.nodes:
            node.close()
        self._folder.cleanup()


class Node:
    def __init__(self, cluster, name, host, folder):
        self.host = host
        self.endpoint = f"{host}:7400"
        self.topology = cluster.topology
        self._log = open(folder / f"{name}.log", "w+b")
        self._arguments = [os.environ["CAUSEWAYD"], "--topology", self.topology, "--node", name, "--data", folder / name]
        self.process = None

    def start(self, *more):
        self.process = subprocess.Popen([*self._arguments, *more], stdout=self._log, stderr=self._log)

    def await_ready(self):
        end = os.pidfd_open(self.process.pid)
        deadline = time.monotonic() + DEADLINE_SECONDS
        try:
            while not self._ready():
                # Asks again after a while, or at once if the process has ended.
                if select.select([end], [], [], PROBE_SECONDS)[0] or time.monotonic() > deadline:
                    self._log.seek(0)
                    raise RuntimeError(f"no node at {self.host}: {self._log.read().decode()}")
        finally:
            os.close(end)

    def _ready(self):
        connection = http.client.HTTPConnection(self.host, 7480, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def freeze(self):
        """It answers nothing until thaw()."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)  # it may still have answered until now

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        self._log.close()
