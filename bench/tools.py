"""The programs that measure, and the facts of the machine."""

import csv
import io
import json
import os
import platform
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, "build", "release", "bin")
IO_TIMES = os.path.join(ROOT, "build", "release", "bench", "libcauseway_io_times.so")


class Failed(Exception):
    """A measurement that could not be made; its words say why."""


def program(name):
    return os.path.join(BIN, name)


def run(command, pin=None, patience=3600, may_give=(0,)):
    """What a program printed. `pin`: the core that it may use."""
    prefix = ["taskset", "-c", str(pin)] if pin is not None else []
    try:
        done = subprocess.run(prefix + command, capture_output=True, text=True, check=False, timeout=patience)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{command[0]} did not end within {patience} s") from late
    if done.returncode not in may_give:
        words = (done.stderr.strip() or done.stdout.strip())[-500:]
        raise Failed(f"{os.path.basename(command[0])} failed with {done.returncode}: {words}")
    return done.stdout


def load(system, op, *, pin=None, within=(), protocol=None, connections=50, pipeline=1, batch=None, **options):
    """Runs causeway-load. By RESP where the system speaks it, else by the native protocol, `pipeline` operations a message.
    `within`: a command that runs it."""
    protocol = protocol or ("resp" if system.resp else "wire")
    at = system.resp if protocol == "resp" else system.native
    command = [program("causeway-load"), "--at", at, "--protocol", protocol, "--op", op,
               "-c", str(connections), "-P", str(pipeline)]
    if protocol != "resp":
        command += ["--batch", str(batch or min(pipeline, 64))]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-")] + ([] if value is True else [str(value)])
    seen = json.loads(run([*within, *command], pin, may_give=(0, 1)))
    if seen["errors"] > 0:
        print(f"  {system.name}: {seen['errors']} of {seen['operations']} {op} had an error or no answer: {seen['first_error']}")
    return seen


def redis_benchmark(system, op, *, count, pipeline, keys=100000, pin=None):
    """Operations a second, by redis-benchmark -c 50 -d 100."""
    host, port = system.resp.split(":")
    out = run(["redis-benchmark", "-h", host, "-p", port, "-c", "50", "-d", "100", "-r", str(keys), "-n", str(count),
               "-P", str(pipeline), "-t", op, "--csv"], pin)
    rows = [row for row in csv.reader(io.StringIO(out)) if len(row) > 1 and row[0] != "test"]
    if not rows:
        raise Failed(f"redis-benchmark said nothing of {op}: {out[-200:]}")
    return float(rows[0][1])


class FirstReply:
    """Waits for a server's first answer to a read; made before the server starts, so that its own start costs nothing."""

    def __init__(self, at, protocol, patience=300):
        self.asking = subprocess.Popen([program("causeway-first-reply"), "--at", at, "--protocol", protocol,
                                        "--patience", str(patience)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.asking.stdout.readline()  # "waiting"

    def when(self, server):
        """On the monotonic clock, in seconds. A server that has ended answers no more."""
        while True:
            try:
                said, wrong = self.asking.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if server.poll() is not None:
                    self.asking.kill()
                    self.asking.communicate()
                    raise Failed(f"it ended with {server.returncode}") from None
        if self.asking.returncode != 0:
            raise Failed(wrong.strip())
        return float(said)


def anonymous_bytes(pid):
    """Resident memory that no file backs."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Anonymous:"):
                return int(line.split()[1]) * 1024
    raise Failed(f"smaps_rollup of {pid} has no line Anonymous")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def disk_bytes(folder):
    """What the files below a folder take on the disk."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(where, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total


def first_line(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip().splitlines()[0]
    except (OSError, IndexError):
        return "not there"


def machine():
    """The facts that figures depend on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo", encoding="ascii") as file:
        memory_kib = int(file.readline().split()[1])
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory_kib / 2**20, 1),
        "kernel": platform.release(),
        "compiler": first_line(["g++", "--version"]),
        "redis": first_line(["redis-cli", "--version"]),
        "commit": first_line(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]),
        "load_before": os.getloadavg()[0],
    }
