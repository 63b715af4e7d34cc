"""Figures as JSON, as a Markdown table with ratios, and as plots."""

import json
import os

from book import paired_ratio


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def tables(bench, machine):
    """Markdown: one table a scenario, a column a system; ratios of ours to each other, above 1 where ours is better."""
    text = [f"Measured at {machine['commit']} on {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"Linux {machine['kernel']}, {machine['compiler']}; load of the machine before: {machine['load_before']:.2f}."]
    if machine["load_before"] > 1:
        text.append("\nOthers were using the machine: these figures are worth little.")
    if bench.quick:
        text.append("\nA quick run: small and short.")
    for scenario in dict.fromkeys(figure["scenario"] for figure in bench.figures):
        rows = [figure for figure in bench.figures if figure["scenario"] == scenario]
        names = list(dict.fromkeys(figure["system"] for figure in rows))
        others = [name for name in names if name != "causeway"] if "causeway" in names else []
        text.append(f"\n### {scenario}\n")
        text.append("| | unit | " + " | ".join(names + [f"causeway : {name}" for name in others]) + " |")
        text.append("| --- | --- |" + " --- |" * (len(names) + len(others)))
        for what in dict.fromkeys(figure["what"] for figure in rows):
            by_name = {figure["system"]: figure for figure in rows if figure["what"] == what}
            ours = by_name.get("causeway")
            cells = [number(by_name[name]["median"]) if name in by_name else "–" for name in names]
            for name in others:
                ratio = paired_ratio(ours, by_name[name]) if ours and name in by_name else None
                cells.append(f"{ratio:.2f}" if ratio else "–")
            text.append(f"| {what} | {next(iter(by_name.values()))['unit']} | " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def plot_rates(bench, path, plt):
    rows = [figure for figure in bench.figures if figure["scenario"] == "throughput" and "causeway-load" in figure["what"]]
    if not rows:
        return
    whats = list(dict.fromkeys(figure["what"] for figure in rows))
    names = list(dict.fromkeys(figure["system"] for figure in rows))
    fig, axes = plt.subplots(figsize=(9, 1 + 0.28 * len(whats)))
    for i, name in enumerate(names):
        found = {figure["what"]: figure["median"] for figure in rows if figure["system"] == name}
        axes.barh([y + (i - len(names) / 2) * 0.8 / len(names) for y in range(len(whats))],
                  [found.get(what, 0) / 1e3 for what in whats], height=0.8 / len(names), label=name)
    axes.set_yticks(range(len(whats)), [what.replace(", causeway-load", "") for what in whats], fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel("thousand operations a second, 50 connections")
    axes.legend()
    fig.tight_layout()
    fig.savefig(path, dpi=120)


def plot_seconds(bench, path, plt):
    if not bench.series:
        return
    fig, axes = plt.subplots(figsize=(9, 4))
    for name, series in bench.series.items():
        axes.plot([second["p99_us"] / 1e3 for second in series], marker=".", label=name)
    axes.set_yscale("log")
    axes.set_xlabel("second of the run")
    axes.set_ylabel("p99 in that second, ms")
    axes.legend(fontsize=7)
    fig.tight_layout()
    fig.savefig(path, dpi=120)


def plot_growth(bench, path, plt):
    rows = [figure for figure in bench.figures if figure["scenario"] == "growth" and figure["what"].endswith("p50")]
    if not rows:
        return
    fig, axes = plt.subplots(figsize=(7, 4))
    for name in dict.fromkeys(figure["system"] for figure in rows):
        found = [(int(figure["what"].split()[2].replace(",", "")), figure["median"]) for figure in rows if figure["system"] == name]
        axes.plot(*zip(*found), marker="o", label=name)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("members of the set")
    axes.set_ylabel("one add, p50, us")
    axes.legend()
    fig.tight_layout()
    fig.savefig(path, dpi=120)


def write(bench, machine, folder):
    """results.json, results.md and the plots; gives the table."""
    with open(os.path.join(folder, "results.json"), "w", encoding="utf-8") as out:
        json.dump({"machine": machine, "quick": bench.quick, "rounds": bench.rounds, "pinned": bench.server_core is not None,
                   "figures": bench.figures, "series": bench.series}, out, indent=1)
    table = tables(bench, machine)
    with open(os.path.join(folder, "results.md"), "w", encoding="utf-8") as out:
        out.write(table)
    try:
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
    except ImportError:
        print("bench: no plots: python3-matplotlib is missing; run scripts/setup --bench")
        return table
    plot_rates(bench, os.path.join(folder, "throughput.png"), plt)
    plot_seconds(bench, os.path.join(folder, "seconds.png"), plt)
    plot_growth(bench, os.path.join(folder, "growth.png"), plt)
    return table
