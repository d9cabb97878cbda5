"""Draws OUT/growth.json, which growth.py wrote, as docs/growth.svg.

growth_picture.py OUT/growth.json docs/growth.svg          (needs matplotlib)

One panel for each figure, corpus size to the right, both axes logarithmic: a straight line at the dotted one's slope is
linear growth.
"""
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.hashsalt": "relapse",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
})
from matplotlib import pyplot

OURS, THEIRS, LINEAR = "#0b6e99", "#9a6b00", "#767676"

PANELS = [
    ("Search, median", "µs", "search", [("Relapse", OURS, lambda s: s["relapse"]["p50_us"]), ("yardstick", THEIRS, lambda s: s["yardstick"]["p50_us"])]),
    ("Search, 99 of 100", "µs", "search", [("Relapse", OURS, lambda s: s["relapse"]["p99_us"]), ("yardstick", THEIRS, lambda s: s["yardstick"]["p99_us"])]),
    ("Memory of the index", "MiB", "search", [("Relapse", OURS, lambda s: s["relapse"]["mem_mb"])]),
    ("Ingest, file to searchable", "s", "store", [("Relapse", OURS, lambda s: s["ingest"]["told_s"])]),
    ("Start of a server", "s", "store", [("Relapse", OURS, lambda s: s["ready_s"])]),
    ("Grouping all at once", "s", "groups", [("Relapse", OURS, lambda s: s["groups s"])]),
]


def panel(axes, results, title, unit, part, lines):
    sizes = [size for size in results if part in results[size]]
    if not sizes:
        axes.set_visible(False)
        return
    docs = [docs_of(results[size]) for size in sizes]
    for name, colour, figure in lines:
        values = [figure(results[size][part]) for size in sizes]
        axes.plot(docs, values, marker="o", color=colour, label=name)
        for at, value in zip(docs, values):
            shown = f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
            below = colour == OURS
            axes.annotate(shown, (at, value), textcoords="offset points", xytext=(0, -14 if below else 7), ha="center", color=colour)
    first = min(figure(results[sizes[0]][part]) for _, _, figure in lines)
    axes.plot(docs, [first * at / docs[0] for at in docs], linestyle=":", color=LINEAR, zorder=0, label="linear")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(x=0.15, y=0.25)
    axes.set_xticks(docs, sizes)
    axes.minorticks_off()
    axes.set_title(title, loc="left")
    axes.set_ylabel(unit)
    axes.legend(frameon=False, fontsize=8)


def docs_of(result):
    return next(part["docs"] for part in result.values() if "docs" in part)


def main():
    source, picture = sys.argv[1:3]
    with open(source, encoding="utf-8") as file:
        results = json.load(file)
    figure, grid = pyplot.subplots(2, 3, figsize=(11, 6.4), layout="constrained")
    for axes, (title, unit, part, lines) in zip(grid.flat, PANELS):
        panel(axes, results, title, unit, part, lines)
    figure.savefig(picture, metadata={"Date": None, "Title": "Growth of cost with the number of incidents"})


main()
