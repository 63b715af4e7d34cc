#!/usr/bin/python3
"""check_instructions.py [--update] PROGRAM BUDGET: counts the instructions of one operation of each kind, with callgrind,
and compares them with the budget. More than 5% over fails; more than 5% under asks to lower the budget. --update writes it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

TOLERANCE = 0.05
OPERATIONS = 3200
HEAD = """# Instructions of one operation in NodeCore::run_turn, in turns of 16: callgrind, release preset, g++ 12.
# bench/instructions.cc says what each kind does. Change it with scripts/bench --budget, in the commit that has the reason.
"""


def read_budget(path):
    budget = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words and not line.startswith("#"):
                budget[words[0]] = float(words[1])
    return budget


def count(program, kind, folder):
    """Instructions per operation of this kind."""
    out = os.path.join(folder, kind + ".callgrind")
    ran = subprocess.run(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--collect-atstart=no", "--callgrind-out-file=" + out, program, kind,
         str(OPERATIONS)],
        capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"check_instructions: {kind} failed:\n{ran.stdout}{ran.stderr}")
    with open(out, encoding="utf-8") as file:
        found = re.search(r"^(?:summary|totals): (\d+)", file.read(), re.MULTILINE)
    total = int(found.group(1)) if found else 0
    if total == 0:
        sys.exit(f"check_instructions: {kind}: callgrind counted nothing; see {' '.join(ran.args)}")
    return total / OPERATIONS


def verdict(kind, counted, allowed):
    """What to say, and whether it is a failure."""
    if allowed is None:
        return f"{kind} has no budget; give it one with --update: {counted:.0f}", True
    change = counted / allowed - 1
    line = f"{kind}: {counted:.0f} instructions, budget {allowed:.0f} ({change:+.1%})"
    if change > TOLERANCE:
        return f"{line}: more than {TOLERANCE:.0%} over; make it cheaper, or say in the commit why not and --update", True
    if change < -TOLERANCE:
        return f"{line}: more than {TOLERANCE:.0%} under; lower the budget with --update, so that it is not lost again", False
    return line, False


def main(arguments):
    update = "--update" in arguments
    program, path = [argument for argument in arguments if argument != "--update"]
    if shutil.which("valgrind") is None:
        sys.exit("check_instructions: valgrind is missing; run scripts/setup")
    kinds = ["get", "set", "incr", "sadd", "apply"]
    with tempfile.TemporaryDirectory() as folder:
        counted = {kind: count(program, kind, folder) for kind in kinds}
    if update:
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + "".join(f"{kind} {counted[kind]:.0f}\n" for kind in kinds))
        print(open(path, encoding="utf-8").read(), end="")
        return 0
    budget = read_budget(path)
    failed = False
    for kind in kinds:
        line, bad = verdict(kind, counted[kind], budget.get(kind))
        print(line)
        failed = failed or bad
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
