"""One node: what many keys cost, in memory, on disk, in time, and at the next start."""

import json
import os
import shutil

import systems
import tools
from scenarios_rate import fill, settle

MIB = 1 << 20


def memory(bench):
    """Anonymous memory and disk per key of 100 bytes, at 10^6 keys; the disk against bare LMDB with the same keys."""
    keys = bench.full(1000000, 100000)
    for kind in bench.kinds():
        # All keys in memory, so that it is memory per key that is measured.
        system = bench.make(kind, **({"limits": {"memory_bytes": 4096 * MIB}} if kind is systems.Causeway else {}))
        system.start()
        empty = tools.anonymous_bytes(system.pid)
        fill(bench, system, keys=keys, order="shuffled")
        bench.add("memory a key, after the load", system, (tools.anonymous_bytes(system.pid) - empty) / keys, "bytes", "less")
        settle(bench, system, bench.full(30, 7))
        bench.add("memory a key, at rest", system, (tools.anonymous_bytes(system.pid) - empty) / keys, "bytes", "less")
        bench.add("disk a key, at rest, log and all", system, tools.disk_bytes(system.folder) / keys, "bytes", "less")
        system.stop()
        if kind is systems.Causeway:
            beside_lmdb(bench, system, keys)
        bench.say(f"{system.name}: {keys:,} keys")
        system.clean()


def beside_lmdb(bench, system, keys):
    """The state after a clean stop, and bare LMDB with the same keys in the same order, in as many transactions."""
    state = os.path.join(system.folder, "data", "shards", "0", "state")
    ours = json.loads(tools.run([tools.program("causeway-lmdb"), state, "--inspect"]))
    what = "state on disk a key, after a clean stop"
    bench.add(what, system, ours["file_bytes"] / keys, "bytes", "less", note=f"{ours['transactions']} transactions")
    size = max(1, keys // max(1, ours["transactions"]))
    folder = os.path.join(bench.folder, "lmdb")
    for name, order in (("lmdb", []), ("lmdb, sorted in each transaction", ["--sorted"])):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        seen = json.loads(tools.run([tools.program("causeway-lmdb"), folder, "-r", str(keys), "--order", "shuffled",
                                     "--transaction", str(size)] + order))
        bench.add(what, name, seen["file_bytes"] / keys, "bytes", "less", note=f"transactions of {size}")
    shutil.rmtree(folder)


def growth(bench):
    """Adding new members as a set grows: the rate, and the time of one add at a time."""
    sizes = bench.full([1000, 10000, 100000, 1000000, 10000000], [1000, 10000])
    for kind in bench.kinds(also=("causeway", "redis")):
        system = bench.make(kind)
        system.start()
        have = 0
        for size in sizes:
            bench.load(system, "sadd", connections=8, pipeline=64, keys=size, first=have, order="sequential",
                       operations=size - have, seconds=3600)
            more = bench.full(100000, 2000)
            many = bench.load(system, "sadd", connections=8, pipeline=64, keys=more, first=size, order="sequential",
                              operations=more, seconds=600)
            few = bench.load(system, "sadd", connections=1, pipeline=1, keys=more, first=size + more, order="sequential",
                             operations=min(more, 20000), seconds=bench.full(20, 2))
            have = size + more + min(more, 20000)
            bench.add(f"SADD at {size:,} members, 8 x 64", system, many["per_second"], "/s")
            bench.add(f"SADD at {size:,} members, one at a time, p50", system, few["p50_us"], "us", "less")
            bench.add(f"SADD at {size:,} members, one at a time, p99", system, few["p99_us"], "us", "less")
            bench.say(f"{system.name}: {size:,} members")
        bench.add("memory a member", system, tools.anonymous_bytes(system.pid) / have, "bytes", "less")
        system.stop()
        system.clean()


def tier(bench):
    """Reads of keys that do not fit in memory: 10^7 keys, memory_bytes 512 MiB; hits are reads of 1,000 of them."""
    keys = bench.full(10000000, 200000)
    limit = bench.full(512, 16) * MIB
    system = bench.make(systems.Causeway, limits={"memory_bytes": limit})
    system.start()
    fill(bench, system, keys=keys)
    settle(bench, system, bench.full(30, 7))
    options = {"connections": 4, "pipeline": 256, "batch": 64, "protocol": "wire", "seconds": bench.full(20, 2)}
    hits = bench.load(system, "get", keys=1000, warmup=1, **options)
    misses = bench.load(system, "get", keys=keys, warmup=1, **options)
    bench.add("GET of 1,000 keys: hits", system, hits["per_second"], "/s")
    bench.add(f"GET of {keys:,} keys: mostly misses", system, misses["per_second"], "/s")
    bench.add("anonymous memory", system, tools.anonymous_bytes(system.pid) / MIB, "MiB", "less")
    system.stop()
    system.clean()


def recovery(bench):
    """After SIGKILL, with 1 GB of state and 100 MB of log: from start to first reply; others with the same keys."""
    state_bytes = bench.full(1000, 20) * 1000000
    tail = bench.full(600000, 50000)
    keys = 0
    for kind in bench.kinds(also=("causeway", "redis")):
        system = bench.make(kind)
        system.start()
        if kind is systems.Causeway:
            keys = grow_state(bench, system, state_bytes)
        else:
            fill(bench, system, keys=keys or bench.full(2000000, 100000))
        # Faster than checkpoints follow: most of it is still only in the log when the process dies.
        bench.load(system, "set", connections=8, pipeline=64, keys=max(keys, 1), operations=tail, seconds=600)
        bench.add("on disk", system, tools.disk_bytes(system.folder) / MIB, "MiB", "less")
        system.stop(kill=True)
        bench.add("first reply after SIGKILL", system, system.start(fresh=False), "s", "less")
        system.stop()
        system.clean()
        bench.say(f"{system.name}: {keys:,} keys")


def grow_state(bench, system, state_bytes):
    """Writes new keys until checkpoints have made the state so large; gives their number."""
    state = os.path.join(system.folder, "data", "shards", "0", "state")
    chunk = bench.full(500000, 50000)
    keys = 0
    while tools.disk_bytes(state) < state_bytes:
        bench.load(system, "set", connections=8, pipeline=64, keys=chunk, first=keys, order="sequential", operations=chunk,
                   seconds=3600)
        keys += chunk
        settle(bench, system, 7)
    return keys


def checkpoint(bench):
    """SET at half of the greatest rate, long enough for five checkpoints: p99 second by second; the longest write and sync."""
    seconds = bench.full(40, 6)
    for kind in bench.kinds(also=("causeway", "redis")):
        report = os.path.join(bench.folder, kind.name + ".io.json")
        system = bench.make(kind, preload=tools.IO_TIMES, io_report=report)
        system.start()
        fill(bench, system)
        most = bench.load(system, "set", connections=8, pipeline=64, keys=100000, seconds=bench.full(10, 2))
        rate = most["per_second"] / 2
        seen = bench.load(system, "set", connections=16, pipeline=1, batch=16, keys=100000, rate=rate, seconds=seconds)
        bench.add("SET, greatest rate", system, most["per_second"], "/s")
        bench.add_times("SET at half of that", system, seen)
        seconds_p99 = sorted(second["p99_us"] for second in seen["series"])
        bench.add("p99 of the median second", system, seconds_p99[len(seconds_p99) // 2], "us", "less")
        bench.add("p99 of the worst second", system, seconds_p99[-1], "us", "less")
        bench.series[f"checkpoint {system.name}"] = seen["series"]
        system.stop()
        system.clean()
        with open(report, encoding="ascii") as file:
            io = json.load(file)
        bench.add("longest write", system, io["writes"]["max_ms"], "ms", "less")
        bench.add("longest sync", system, io["syncs"]["max_ms"], "ms", "less")
        bench.say(f"{system.name}: at {rate:,.0f}/s")


def turns(bench):
    """The shard alone, no network: nanoseconds an operation, and its longest turns (a checkpoint is one)."""
    for op in ("get", "set", "incr", "sadd"):
        folder = os.path.join(bench.folder, "turns")
        shutil.rmtree(folder, ignore_errors=True)
        seen = json.loads(tools.run([tools.program("causeway-turns"), folder, "--op", op, "--seconds",
                                     str(bench.full(20, 2))]))
        bench.add(f"{op.upper()}, turns of 64", "causeway", seen["ns_per_operation"], "ns/op", "less")
        bench.add(f"{op.upper()}, longest turn", "causeway", seen["turn_max_ms"], "ms", "less")
        shutil.rmtree(folder)
    for shards in (1, 2):
        seen = json.loads(tools.run([tools.program("causeway-turns"), folder, "--shards", str(shards), "--seconds",
                                     str(bench.full(10, 1))]))
        slowest = max(shard["ns_per_operation"] for shard in seen.get("shards", [seen]))
        bench.add(f"SET, the slowest of {shards} shards at once", "causeway", slowest, "ns/op", "less")
        shutil.rmtree(folder)


def text(bench):
    """An editing session of 259,778 single characters (text of 104,852) on a list, replayed on the store alone."""
    folder = os.path.join(bench.folder, "text")
    steps = ["--steps", "5000"] if bench.quick else []
    for _ in range(bench.rounds):
        shutil.rmtree(folder, ignore_errors=True)
        seen = json.loads(tools.run([tools.program("causeway-text"), folder] + steps))
        bench.add("the whole session", "causeway", seen["seconds"], "s", "less")
        bench.add("one edit, p50", "causeway", seen["operation_p50_us"], "us", "less")
        bench.add("one edit, p99", "causeway", seen["operation_p99_us"], "us", "less")
        bench.add("reading the text", "causeway", seen["read_seconds"], "s", "less")
        bench.add("event bytes an edit", "causeway", seen["event_bytes_per_operation"], "bytes", "less")
        bench.add("memory a character", "causeway", seen["memory_bytes_per_character"], "bytes", "less")
        bench.add("state on disk a character", "causeway", seen["state_bytes_per_character"], "bytes", "less")
        bench.add("position, mean", "causeway", seen["position_bytes"]["mean"], "bytes", "less")
    shutil.rmtree(folder)


SCENARIOS = {"memory": memory, "growth": growth, "tier": tier, "recovery": recovery, "checkpoint": checkpoint, "turns": turns,
             "text": text}
