"""Several nodes: quorums inside a datacenter, visibility between them."""

import json

import systems
import tools


def quorum(bench):
    """Three nodes, LOCAL_QUORUM, durability 1s, through the C++ client: batches, one client, and half of the greatest rate."""
    cluster = systems.Deployment(bench.folder, "quorum", ["home"])
    cluster.start()
    seconds = bench.full(20, 2)
    for _ in range(bench.rounds):
        for op in ("set", "get"):
            batches = bench.load(cluster, op, protocol="client", connections=4, pipeline=256, batch=64, keys=100000, seconds=seconds)
            bench.add(f"{op.upper()}, batches of 64", cluster, batches["per_second"], "/s")
            one = bench.load(cluster, op, protocol="client", connections=1, pipeline=1, batch=1, keys=100000, seconds=seconds / 2)
            bench.add_times(f"{op.upper()}, one client", cluster, one)
            half = bench.load(cluster, op, protocol="client", keys=100000, rate=batches["per_second"] / 2, seconds=seconds)
            bench.add_times(f"{op.upper()}, at half of the greatest rate", cluster, half)
    bench.add("anonymous memory, all nodes", cluster, sum(map(tools.anonymous_bytes, cluster.pids)) / 2**20, "MiB", "less")
    cluster.stop()


def geo(bench):
    """Three regions of three nodes: from a write in one until another reads it; on a plain network and with 20 ms one way."""
    links = [("eu", "us", 20), ("us", "ap", 20), ("eu", "ap", 20)]
    for wan in (False, True):
        cluster = systems.Deployment(bench.folder, "geo", ["eu", "us", "ap"], links=links, wan=wan)
        cluster.start()
        where = "20 ms one way" if wan else "plain network"
        for other in ("us", "ap"):
            seen = json.loads(tools.run([tools.program("causeway-visibility"), "--topology", cluster.file, "--from", "eu",
                                         "--to", other, "--probes", str(bench.full(500, 50))]))
            for name in ("p50_us", "p99_us", "max_us"):
                bench.add(f"eu to {other}, {where}, visible, {name[:-3]}", cluster, seen["visible"][name], "us", "less")
            bench.add(f"eu to {other}, {where}, write acknowledged, p50", cluster, seen["write"]["p50_us"], "us", "less")
        cluster.stop()
        bench.say(where)


SCENARIOS = {"quorum": quorum, "geo": geo}
