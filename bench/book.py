"""What was measured: figures by scenario, system and round, and what ratios follow from them."""

import os
import statistics

import systems
import tools


class Bench:
    """What every scenario gets: how long it may take, where it may write, and where it leaves its figures."""

    def __init__(self, folder, quick=False, rounds=None, pin=False, only_systems=None):
        self.folder = folder
        self.quick = quick
        self.rounds = rounds or (1 if quick else 3)
        self.server_core, self.client_core = (0, 1) if pin else (None, None)
        self.only_systems = only_systems
        self.figures = []
        self.series = {}
        self.scenario = ""

    def full(self, value, quick):
        """The one or the other, as the run is."""
        return quick if self.quick else value

    def kinds(self, also=()):
        """The systems that are compared here, ours first."""
        for kind in systems.ALL:
            wanted = kind.name in self.only_systems if self.only_systems else True
            if wanted and (not also or kind.name in also) and not kind.missing():
                yield kind

    def make(self, kind, **options):
        return kind(self.folder, pin=self.server_core, **options)

    def load(self, system, op, **options):
        return tools.load(system, op, pin=self.client_core, **options)

    def say(self, words):
        print(f"  {words}", flush=True)

    def add(self, what, system, value, unit, better="more", note=""):
        """One value of one round. `better`: more or less."""
        name = system if isinstance(system, str) else system.name
        for figure in self.figures:
            if (figure["scenario"], figure["what"], figure["system"]) == (self.scenario, what, name):
                figure["values"].append(value)
                figure["median"] = statistics.median(figure["values"])
                return
        self.figures.append({"scenario": self.scenario, "what": what, "system": name, "unit": unit, "better": better,
                             "values": [value], "median": value, "note": note})

    def add_times(self, what, system, seen):
        """The percentiles of a run."""
        for name in ("p50_us", "p99_us", "p999_us", "max_us"):
            self.add(f"{what}, {name[:-3]}", system, seen[name], "us", "less")


def paired_ratio(ours, other):
    """The median of ratios, round by round: above 1 ours is better."""
    pairs = [(a, b) for a, b in zip(ours["values"], other["values"]) if a > 0 and b > 0]
    if not pairs:
        return None
    return statistics.median(a / b if ours["better"] == "more" else b / a for a, b in pairs)


def load_average():
    return os.getloadavg()[0]
