#!/usr/bin/python3
"""check.py ROOT: holds the rules of the house over the tree at ROOT.

Prints `file:line: what is wrong; what to do` for each breach, and fails if there is one.
"""

import os
import re
import sys

# Which folders each folder may include, besides itself; docs/architecture.md says why. Arrows point down only.
LOGIC = "base crdt ring storage wire sync"
MAY_INCLUDE = {
    "base": "",
    "crdt": "base",
    "ring": "base",
    "storage": "base crdt",
    "wire": "base crdt ring",
    "sync": "base crdt storage wire",
    "dc": LOGIC,
    "bridge": LOGIC,
    "node": LOGIC + " dc bridge",
    "net": "base wire",
    "server": LOGIC + " dc bridge node net",
    "client": "base crdt ring wire net",
    "cli": "base ring net client",
}
FREE = {"tests", "bench"}  # may include everything, and nothing includes them
LINES_MAX = 500

INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)')
SLEEP = re.compile(r"\b(u|nano)?sleep\s*\(|\bsleep_(for|until)\b|\bsleep\s+[\d.$]")
MARKER = re.compile(r"\b(TO[D]O|FI[X]ME|X[X]X|HAC[K])\b")  # written so that it does not match itself


def text_files(root):
    """The path, from the root, and the lines of each text file that is not built."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - {".git", "build", "__pycache__"})
        for name in sorted(set(names) - {".git"}):
            path = os.path.join(folder, name)
            try:
                with open(path, encoding="utf-8", newline="\n") as file:
                    yield os.path.relpath(path, root), file.read().splitlines()
            except (UnicodeDecodeError, FileNotFoundError):
                continue


def owner_of(included):
    """The folder that an include names; the client's own headers are included as <causeway/…>."""
    folder = included.split("/")[0]
    return "client" if folder == "causeway" else folder


def include_breach(root, folder, quote, included):
    if folder not in MAY_INCLUDE:
        return f"{folder}/ holds code but has no row in tests/house/check.py; add what it may include"
    owner = owner_of(included)
    ours = owner in MAY_INCLUDE or owner in FREE
    if quote == "<":  # a system's header, even where it has the name of a folder: <net/if.h>
        ours = ours and (owner == "client" or os.path.exists(os.path.join(root, included)))
    elif not ours:
        return f'"{included}" is no path of ours; write ours from the root of the repository, others in <>'
    if ours and owner != folder and owner not in MAY_INCLUDE[folder].split():
        allowed = MAY_INCLUDE[folder] or "itself"
        return f"{folder}/ may not include {owner}/, only {allowed}; move the code down, or pass it in"
    return None


def breaches(root):
    """Every breach of a rule, as (file, line, words)."""
    for path, lines in text_files(root):
        folder = path.split(os.sep)[0]
        is_code = path.endswith((".h", ".cc"))
        for number, line in enumerate(lines, 1):
            include = INCLUDE.match(line) if is_code and folder not in FREE else None
            words = include and include_breach(root, folder, *include.groups())
            if words:
                yield path, number, words
            if folder == "tests" and SLEEP.search(line):
                yield path, number, "a test sleeps; wait for the event itself, or move the simulated clock"
            if MARKER.search(line):
                yield path, number, "unfinished; finish it, or take it out and write an issue"
        if is_code and len(lines) > LINES_MAX:
            yield path, LINES_MAX + 1, f"{len(lines)} lines, more than {LINES_MAX}; split it by what it is about"


def main(root):
    found = 0
    for path, line, words in breaches(root):
        print(f"{path}:{line}: {words}")
        found += 1
    print(f"house: {found} breaches" if found else "house: the rules hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
