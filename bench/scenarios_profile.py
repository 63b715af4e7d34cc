"""Where one operation goes: instructions by folder of the source, time by thread and library, system calls by name."""

import collections
import json
import os
import re

import systems
import tools
from scenarios_rate import KEYS, fill, settle

OPERATIONS = 3200
TOP = 12


def callgrind(kind, folder):
    """Instructions per operation of each file and of each function, without those that it calls."""
    out = os.path.join(folder, kind + ".callgrind")
    tools.run(["valgrind", "--tool=callgrind", "--instr-atstart=no", "--collect-atstart=no", "--callgrind-out-file=" + out,
               tools.program("causeway-instructions"), kind, str(OPERATIONS)])
    return read_callgrind(out)


def read_callgrind(path):
    """Costs of one's own by (object, file, function), from the format that the manual of callgrind describes."""
    names = {}
    costs = collections.Counter()
    at = {"ob": "", "fl": "", "fn": ""}
    skip = False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            named = re.match(r"(ob|fl|fn|cob|cfi|cfl|cfn|fi|fe)=\((\d+)\)(?: (.*))?$", line.rstrip("\n"))
            if named:
                key, number, name = named.groups()
                table = "fn" if key.endswith("fn") else "ob" if key.endswith("ob") else "fl"
                if name is not None:
                    names[table, number] = name
                if key in at:
                    at[key] = names.get((table, number), "")
            elif line.startswith("calls="):
                skip = True  # the next line is what the called function cost
            elif re.match(r"[+\-*\d]", line):
                if not skip:
                    costs[at["ob"], at["fl"], at["fn"]] += int(line.split()[1])
                skip = False
    return {key: cost / OPERATIONS for key, cost in costs.items()}


def stage_of(library, file, function):
    """The folder of the source, or the library."""
    if re.search(r"malloc|free|operator new|operator delete|calloc|realloc", function):
        return "allocation"
    name = os.path.basename(library)
    if ".so" in name:
        return name.split(".so")[0]
    folder = re.sub(r"^build/[^/]*/", "", file).split("/")[0]
    return folder + "/" if folder and os.path.isdir(os.path.join(tools.ROOT, folder)) else "templates of the standard library"


def instructions(bench):
    for kind in ("get", "set"):
        costs = callgrind(kind, bench.folder)
        stages = collections.Counter()
        functions = collections.Counter()
        for (library, file, function), cost in costs.items():
            stages[stage_of(library, file, function)] += cost
            functions[re.sub(r"'\d+$", "", function)] += cost
        for stage, cost in stages.most_common(TOP):
            bench.add(f"{kind.upper()}, {stage}", "causeway", cost, "instructions/op", "less")
        bench.say(f"{kind.upper()}: " + "; ".join(f"{name[:70]} {cost:.0f}" for name, cost in functions.most_common(TOP)))


def sampled(bench, system, op):
    """Nanoseconds of the server's processor time per operation, by thread and library; and its costliest functions."""
    data = os.path.join(bench.folder, "perf.data")
    before = tools.cpu_seconds(system.pid)
    # As long as the load runs, which is its own program: what is sampled is the server alone.
    seen = bench.load(system, op, connections=8, pipeline=64, keys=KEYS, seconds=bench.full(10, 2),
                      within=["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-p", str(system.pid), "-o", data])
    spent = tools.cpu_seconds(system.pid) - before
    libraries = collections.Counter()
    functions = collections.Counter()
    for line in tools.run(["perf", "script", "-i", data, "-F", "tid,ip,sym,dso"]).splitlines():
        found = re.match(r"\s*(\d+)\s+[0-9a-f]+ (.*) \(([^()]*)\)$", line)
        if not found:
            continue
        thread = "turns" if int(found.group(1)) == system.pid else "other threads"
        library = os.path.basename(found.group(3)).strip("[]")
        libraries[thread, "kernel" if library.startswith("kernel") else library] += 1
        functions[thread, found.group(2)] += 1
    total = sum(libraries.values())
    if total == 0:
        raise tools.Failed("perf saw nothing")
    ns = spent / max(seen["operations"], 1) * 1e9
    bench.add(f"{op.upper()}, processor time", system, ns, "ns/op", "less")
    for (thread, library), count in libraries.most_common(TOP):
        bench.add(f"{op.upper()}, {thread}, {library}", system, ns * count / total, "ns/op", "less")
    bench.say(f"{op.upper()}: " + "; ".join(f"{name[:60]} {ns * count / total:.0f} ns"
                                            for (_, name), count in functions.most_common(2 * TOP)))


def calls(bench, kind, op, pipeline):
    """System calls an operation, counted in a run of nothing else."""
    report = os.path.join(bench.folder, kind.name + ".io.json")
    system = bench.make(kind, preload=tools.IO_TIMES, io_report=report)
    system.start()
    seen = bench.load(system, op, connections=50, pipeline=pipeline, keys=KEYS, seconds=bench.full(5, 1))
    system.stop()
    system.clean()
    with open(report, encoding="ascii") as file:
        counted = json.load(file)["calls"]
    for name, count in sorted(counted.items(), key=lambda item: -item[1])[:6]:
        per_operation = count / max(seen["operations"], 1)
        if per_operation > 0.001:
            bench.add(f"{op.upper()} P{pipeline}, {name}", system, per_operation, "calls/op", "less")


def profile(bench):
    """One GET and one SET by stage: instructions by folder (callgrind), processor time by thread (perf), system calls."""
    instructions(bench)
    for op in ("get", "set"):
        system = bench.make(systems.Causeway)
        system.start()
        fill(bench, system)
        settle(bench, system, bench.full(10, 7))
        sampled(bench, system, op)
        system.stop()
        system.clean()
    for kind in bench.kinds(also=("causeway", "redis")):
        for op in ("get", "set"):
            for pipeline in (1, 16):
                calls(bench, kind, op, pipeline)


SCENARIOS = {"profile": profile}
