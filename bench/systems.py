"""The systems that are compared: each starts in a scratch folder of its own, on an address of its own, and is stopped by pid."""

import atexit
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time

import tools

DURABILITY = {"1s": "everysec", "sync": "always"}  # ours, and what Redis calls it

_running = []


def stop_all():
    for system in list(_running):
        system.stop()


atexit.register(stop_all)


def speaks_resp(at):
    """Whether something there answers PING as Redis does."""
    host, port = at.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1) as connection:
            connection.sendall(b"*1\r\n$4\r\nPING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


class System:
    """One process. `resp` and `native` are where it answers, or None."""

    name = ""
    resp = None
    native = None

    def __init__(self, folder, durability="1s", pin=None, preload=None, io_report=None):
        self.folder = os.path.join(folder, self.name)
        self.durability = durability
        self.pin = pin
        self.environment = dict(os.environ)
        if preload:
            self.environment.update(LD_PRELOAD=preload, CAUSEWAY_IO_TIMES=io_report)
        self.process = None

    @classmethod
    def executable(cls):
        """The file of its program; None: not here."""
        return shutil.which(cls.program)

    @classmethod
    def missing(cls):
        """Why it cannot be measured here, or None."""
        return None if cls.executable() else f"{cls.program} is not installed"

    def start(self, fresh=True):
        """Starts it, and gives the seconds to its first reply."""
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, exist_ok=True)
        command = self.command()
        reply = tools.FirstReply(*((self.native, "native") if self.native else (self.resp, "resp")))
        with open(self.folder + ".log", "ab") as log:
            begun = time.monotonic()
            self.process = subprocess.Popen(command, executable=self.executable(), stdout=log, stderr=log,
                                            env=self.environment, preexec_fn=self.keep_to_core)
        _running.append(self)
        try:
            took = reply.when(self.process) - begun
            self.serves()
            return took
        except tools.Failed as failed:
            with open(self.folder + ".log", encoding="utf-8", errors="replace") as log:
                last = log.read()[-500:]
            self.stop()
            raise tools.Failed(f"{self.name} does not answer: {failed}\n{last}") from failed

    def keep_to_core(self):
        if self.pin is not None:
            os.sched_setaffinity(0, {self.pin})

    def serves(self):
        """It has answered for the first time."""

    @property
    def pid(self):
        return self.process.pid

    def stop(self, kill=False):
        """Ends it in order, or as a crash of the process would."""
        if self in _running:
            _running.remove(self)
        if self.process is None:
            return
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def clean(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Causeway(System):
    name = "causeway"
    address = "127.9.100.1"

    def __init__(self, folder, durability="1s", pin=None, preload=None, io_report=None, limits=None):
        super().__init__(folder, durability, pin, preload, io_report)
        self.limits = limits or {}
        self.native = self.address + ":7400"

    @classmethod
    def executable(cls):
        return tools.program("causewayd")

    def command(self):
        file = self.folder + ".yaml"
        limits = "".join(f"  {name}: {value}\n" for name, value in self.limits.items())
        with open(file, "w", encoding="ascii") as out:
            out.write(f"cluster: bench\npartitions: 16\ndurability: {self.durability}\ndatacenters:\n  home:\n    replicas: 1\n"
                      f"    nodes:\n      - {{name: n1, rack: a, address: {self.address}}}\n"
                      + (f"limits:\n{limits}" if limits else ""))
        command = [tools.program("causewayd"), "--topology", file, "--node", "n1", "--data", os.path.join(self.folder, "data")]
        if not os.path.exists(os.path.join(self.folder, "data")):
            command += ["--found", secrets.token_hex(7)]
        return command

    def serves(self):
        if speaks_resp(self.address + ":7379"):
            self.resp = self.address + ":7379"


class Redis(System):
    name = "redis"
    program = "redis-server"
    address = "127.9.101.1"

    @classmethod
    def executable(cls):
        """Debian's redis-tools has the program under another name; its package redis-server would also start a service."""
        return shutil.which(cls.program) or (shutil.which("redis-check-rdb") if cls.program == "redis-server" else None)

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.resp = self.address + ":6379"

    def command(self):
        return [self.program, "--bind", self.address, "--port", "6379", "--dir", self.folder, "--save", "",
                "--appendonly", "yes", "--appendfsync", DURABILITY[self.durability], "--loglevel", "warning",
                "--protected-mode", "no"]


class Valkey(Redis):
    name = "valkey"
    program = "valkey-server"
    address = "127.9.102.1"


class KeyDB(Redis):
    name = "keydb"
    program = "keydb-server"
    address = "127.9.103.1"


class Dragonfly(Redis):
    """It has no log: what it acknowledges is in memory only, whatever the durability asked for."""

    name = "dragonfly"
    program = "dragonfly"
    address = "127.9.104.1"

    def command(self):
        return [self.program, "--bind", self.address, "--port", "6379", "--dir", self.folder, "--logtostderr"]


ALL = [Causeway, Redis, Valkey, KeyDB, Dragonfly]


class Deployment:
    """A whole topology on this machine, by `causeway up`."""

    def __init__(self, folder, name, datacenters, replicas=3, durability="1s", links=(), wan=False):
        self.file = os.path.join(folder, name + ".yaml")
        self.data = os.path.join(folder, name)
        self.wan = wan
        self.up = False
        self.pids = []
        text = f"cluster: {name}\npartitions: 64\ndurability: {durability}\ndatacenters:\n"
        for i, datacenter in enumerate(datacenters):
            text += f"  {datacenter}:\n    replicas: {replicas}\n    nodes:\n"
            for j in range(1, replicas + 1):
                text += f"      - {{name: {datacenter}-{j}, rack: r{j}, address: 127.9.{110 + i}.{j}}}\n"
        if links:
            text += "links:\n" + "".join(f"  - {{between: [{a}, {b}], delay_ms: {ms}}}\n" for a, b, ms in links)
        with open(self.file, "w", encoding="ascii") as out:
            out.write(text)
        self.name = "causeway"
        self.resp = None
        self.native = "127.9.110.1:7400"

    def start(self):
        command = [tools.program("causeway"), "--json", "up", self.file, "--fresh", "--data", self.data]
        answer = json.loads(tools.run(command + (["--wan"] if self.wan else [])))
        self.up = True
        _running.append(self)
        self.pids = [node["pid"] for node in answer["nodes"]]

    def stop(self):
        if self in _running:
            _running.remove(self)
        if self.up:
            self.up = False
            tools.run([tools.program("causeway"), "--topology", self.file, "down"])
        shutil.rmtree(self.data, ignore_errors=True)
