"""One node: how much it does a second, and how long one operation takes."""

import json
import os
import time

import systems
import tools

OPS = ["set", "get", "incr", "sadd"]
KEYS = 100000
COUNT = {1: 400000, 16: 3000000, 64: 4000000}  # of redis-benchmark: some seconds


def fill(bench, system, keys=KEYS, order="sequential", **options):
    """Writes every key once, so that reads find something."""
    bench.load(system, "set", connections=8, pipeline=64, keys=keys, order=order, operations=keys, seconds=3600, **options)


def settle(bench, system, seconds):
    """Lets checkpoints and rewrites come to an end; ours begins one at most 5 s after a write."""
    deadline = time.monotonic() + seconds
    time.sleep(bench.full(5.5, 0.5))
    while time.monotonic() < deadline:
        before = tools.cpu_seconds(system.pid)
        time.sleep(bench.full(1.0, 0.3))
        if tools.cpu_seconds(system.pid) - before < 0.03:
            return


def throughput(bench):
    """SET, GET, INCR, SADD at pipeline 1, 16 and 64, 50 connections, matched durability; by redis-benchmark and causeway-load."""
    for durability in bench.full(["1s", "sync"], ["1s"]):
        for pipeline in bench.full([1, 16, 64], [1, 16]):
            for _ in range(bench.rounds):
                for kind in bench.kinds():
                    system = bench.make(kind, durability=durability)
                    system.start()
                    fill(bench, system)
                    one_round(bench, system, durability, pipeline)
                    system.stop()
                    system.clean()


def one_round(bench, system, durability, pipeline):
    name = f"{durability}/{systems.DURABILITY[durability]}"
    for op in OPS:
        seen = bench.load(system, op, connections=50, pipeline=pipeline, keys=KEYS, seconds=bench.full(5, 0.4), warmup=0.2)  # a checkpoint is due every 5 s
        how = "causeway-load" if system.resp else "causeway-load (ours native)"
        bench.add(f"{op.upper()} P{pipeline} {name}, causeway-load", system, seen["per_second"], "/s", note=how)
        if system.resp:
            rate = tools.redis_benchmark(system, op, count=COUNT[pipeline] // bench.full(1, 20), pipeline=pipeline,
                                         keys=KEYS, pin=bench.client_core)
            bench.add(f"{op.upper()} P{pipeline} {name}, redis-benchmark", system, rate, "/s")
    bench.say(f"{system.name}: pipeline {pipeline}, {name}")


def native(bench):
    """Ours by the native protocol, 64 operations a message, durability 1s: the C++ client, and messages encoded beforehand."""
    seconds = bench.full(60, 2)
    for keys in bench.full([100000, 10000000], [100000]):
        for protocol in ("client", "wire"):
            system = bench.make(systems.Causeway)
            system.start()
            fill(bench, system, keys=keys, protocol="wire", batch=64)
            for op in ("set", "get") + (("incr",) if keys == 100000 else ()):
                before = tools.cpu_seconds(system.pid)
                seen = bench.load(system, op, protocol=protocol, connections=4, pipeline=64 * 4, batch=64, keys=keys,
                                  seconds=seconds)
                what = f"{op.upper()} {protocol}, {keys:,} keys"
                bench.add(what, system, seen["per_second"], "/s")
                done = max(seen["operations"], 1)
                bench.add(what + ", server CPU", system, (tools.cpu_seconds(system.pid) - before) / done * 1e6, "us/op", "less")
                bench.add(what + ", generator CPU", system, seen["generator_cpu_s"] / done * 1e6, "us/op", "less")
                bench.add(what + ", p99", system, seen["p99_us"], "us", "less")
                bench.series[f"native {what}"] = seen["series"]
                bench.say(f"{what}: {seen['per_second']:,.0f}/s")
            system.stop()
            system.clean()


def python(bench):
    """One thread of the Python package, pipelines of 2,000, beside the C++ client in the same round; durability 1s."""
    seconds = bench.full(10, 2)
    for _ in range(bench.rounds):
        system = bench.make(systems.Causeway)
        system.start()
        fill(bench, system, protocol="wire", batch=64)
        for op in OPS:
            ours = json.loads(tools.run(["/usr/bin/python3", "-B", os.path.join(tools.ROOT, "bench", "python_load.py"),
                                         system.native, op, str(seconds), str(KEYS)], bench.client_core))
            theirs = bench.load(system, op, protocol="client", connections=4, pipeline=64 * 4, batch=64, keys=KEYS, seconds=seconds)
            bench.add(f"{op.upper()} by Python", system, ours["per_second"], "/s")
            bench.add(f"{op.upper()} by the C++ client", system, theirs["per_second"], "/s")
            bench.add(f"{op.upper()}, Python : C++", system, ours["per_second"] / theirs["per_second"], "")
            bench.say(f"{op.upper()}: Python {ours['per_second']:,.0f}/s, C++ {theirs['per_second']:,.0f}/s")
        system.stop()
        system.clean()


def latency(bench):
    """Times at a fixed rate, from when each operation was due, 10 connections, durability 1s."""
    for rate in bench.full([5000, 20000, 40000], [5000]):
        for _ in range(bench.rounds):
            for kind in bench.kinds():
                system = bench.make(kind)
                system.start()
                fill(bench, system)
                settle(bench, system, bench.full(10, 7))
                for op in ("get", "set"):
                    seen = bench.load(system, op, connections=10, pipeline=1, keys=KEYS, rate=rate,
                                      seconds=bench.full(10, 1), warmup=0.5)
                    bench.add_times(f"{op.upper()} at {rate:,}/s", system, seen)
                system.stop()
                system.clean()
        bench.say(f"at {rate:,}/s")


def start(bench):
    """From starting an empty node to its first reply."""
    for _ in range(bench.full(10, 3)):
        for kind in bench.kinds():
            system = bench.make(kind)
            bench.add("first reply", system, system.start() * 1e3, "ms", "less")
            system.stop()
            system.clean()


SCENARIOS = {"throughput": throughput, "native": native, "python": python, "latency": latency, "start": start}
