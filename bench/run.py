#!/usr/bin/python3
"""Measures the systems that are installed, by scenario, and leaves build/bench/results.json, results.md and plots."""

import argparse
import os
import shutil
import sys

import report
import scenarios_many
import scenarios_profile
import scenarios_rate
import scenarios_size
import systems
import tools
from book import Bench

SCENARIOS = {**scenarios_rate.SCENARIOS, **scenarios_size.SCENARIOS, **scenarios_many.SCENARIOS,
             **scenarios_profile.SCENARIOS}


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--list", action="store_true", help="say which scenarios there are")
    parser.add_argument("--only", action="append", metavar="NAME", help="run this scenario; may stand several times")
    parser.add_argument("--system", action="append", metavar="NAME", help="measure this system; may stand several times")
    parser.add_argument("--quick", action="store_true", help="short and small: whether it works, not what it is worth")
    parser.add_argument("--rounds", type=int, help="how often each is measured, in turn (3)")
    parser.add_argument("--out", metavar="FOLDER", default=os.path.join(tools.ROOT, "build", "bench"),
                        help="where the table, the figures and plots go (build/bench)")
    parser.add_argument("--pin", action="store_true", help="servers on core 0, clients on core 1")
    return parser.parse_args()


def main():
    arguments = parse()
    if arguments.list:
        for name, scenario in SCENARIOS.items():
            print(f"{name:12} {scenario.__doc__}")
        return 0
    unknown = set(arguments.only or []) - set(SCENARIOS)
    if unknown:
        print(f"bench: no such scenario: {', '.join(sorted(unknown))}; --list says which there are", file=sys.stderr)
        return 2
    out = os.path.abspath(arguments.out)
    scratch = os.path.join(out, "scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    machine = tools.machine()
    for kind in systems.ALL:
        if kind.missing():
            print(f"bench: {kind.name} is left out: {kind.missing()}")
    bench = Bench(scratch, arguments.quick, arguments.rounds, arguments.pin, arguments.system)
    failed = []
    for name in arguments.only or SCENARIOS:
        print(f"bench: {name}: {SCENARIOS[name].__doc__}", flush=True)
        bench.scenario = name
        try:
            SCENARIOS[name](bench)
        except tools.Failed as why:
            print(f"bench: {name} failed: {why}", file=sys.stderr)
            failed.append(name)
        finally:
            systems.stop_all()
    print(report.write(bench, machine, out))
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"bench: failed: {', '.join(failed)}" if failed else f"bench: done; see {os.path.relpath(out)}/results.md")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
