"""How cost grows with the corpus, beside the exhaustive search of the yardstick.

growth.py RELAPSE YARDSTICK GROUPING CORPORA OUT [--sizes 10k 100k 1m] [--rounds 3] [--only search store groups]

RELAPSE and YARDSTICK are the release binaries, GROUPING the example `grouping` of relapse-engine; CORPORA is the folder
that ../shared/tools/gen_corpus.py wrote (inc_SIZE.jsonl, queries.jsonl). Everything is asked of the programs from outside.

search  the yardstick and `relapse bench --plain` in turn, --rounds times each; ratios are taken within a round, and the
        answers of both compared line by line
store   `ingest` into an empty folder, `serve` from its start until it is ready, `similar` as a process of its own
groups  all incidents grouped at once

Writes OUT/growth.json, from which `growth_picture.py` draws, and prints Markdown tables. What is in OUT/growth.json already
and is not asked for again stays.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

PARTS = ["search", "store", "groups"]
PORT = 7741
WORD = re.compile(r"[a-z0-9]{2,}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["relapse", "yardstick", "grouping", "corpora", "out"]:
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--sizes", nargs="+", default=["10k", "100k", "1m"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args()


def measured(command, **options):
    """Runs it to its end: seconds by the clock until it prints its first line and in all, seconds of processor time, MiB
    at the peak, what it printed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    first = process.stdout.readline()
    told = time.perf_counter() - begun
    out, complaint = first + process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{complaint}")
    wall = time.perf_counter() - begun
    return {"told_s": told, "wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024, "out": out}


def search(run, corpus, size):
    """Ratios to the yardstick, each within one round."""
    queries = run.corpora / "queries.jsonl"
    rounds = []
    for _ in range(run.rounds):
        subprocess.run([run.yardstick, corpus, queries, run.out, size, "cosine"], check=True, stdout=subprocess.DEVNULL)
        command = [run.relapse, "bench", "--corpus", corpus, "--queries", queries, "--out", run.out, "--size", size]
        subprocess.run([*command, "--plain"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        theirs = json.loads((run.out / f"limit-taat-cosine_{size}.json").read_text())
        ours = json.loads((run.out / f"relapse_{size}.json").read_text())
        rounds.append({"ours": ours, "theirs": theirs})

    def ratios(key):
        each = sorted(one["ours"][key] / one["theirs"][key] for one in rounds)
        return {"median": statistics.median(each), "least": each[0], "greatest": each[-1]}

    def median(who, key):
        return statistics.median(one[who][key] for one in rounds)

    answers = [(run.out / f"{name}_{size}.topk").read_text().splitlines() for name in ["relapse", "limit-taat-cosine"]]
    return {
        "docs": rounds[0]["ours"]["docs"],
        "answers": len(answers[0]),
        "same_answers": sum(ours == theirs for ours, theirs in zip(*answers, strict=True)),
        "ratio_p50": ratios("p50_us"),
        "ratio_p99": ratios("p99_us"),
        "relapse": {key: median("ours", key) for key in ["p50_us", "p99_us", "build_s", "mem_mb"]},
        "yardstick": {key: median("theirs", key) for key in ["p50_us", "p99_us"]},
        "postings": n_postings(corpus),
    }


def n_postings(corpus):
    """Distinct words of title, root cause and summary, over all incidents."""
    with open(corpus, encoding="utf-8") as lines:
        records = map(json.loads, lines)
        return sum(len({*WORD.findall(" ".join(r[f] for f in ["title", "root_cause", "summary"]).lower())}) for r in records)


def ready(url, process):
    """Waits until the server says that it is ready."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url + "/readyz", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.005)
    sys.exit("the server gave up")


def store(run, corpus, size):
    """From a file to answers."""
    folder = run.out / f"store_{size}"
    shutil.rmtree(folder, ignore_errors=True)
    n_docs = sum(1 for _ in open(corpus, "rb"))
    result = {"docs": n_docs, "ingest": measured([run.relapse, "ingest", corpus, "--data", folder])}
    starts, peaks, ones = [], [], []
    title = json.loads(next(open(run.corpora / "queries.jsonl")))["title"]
    for _ in range(run.rounds):
        begun = time.perf_counter()
        doors = ["--grpc", f"127.0.0.1:{PORT}", "--http", f"127.0.0.1:{PORT + 1}"]
        server = subprocess.Popen([run.relapse, "serve", "--data", folder, *doors], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ready(f"http://127.0.0.1:{PORT + 1}", server)
        starts.append(time.perf_counter() - begun)
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        peaks.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
        server.terminate()
        server.wait()
        one = measured([run.relapse, "similar", title, "--data", folder])
        ones.append(one["wall_s"])
    result |= {"ready_s": statistics.median(starts), "ready_mib": statistics.median(peaks), "one_shot_s": statistics.median(ones)}
    result["disk_mib"] = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    result["ingest"].pop("out")
    return result


def groups(run, corpus, size):
    """All incidents at once; the example prints a header and a row."""
    whole = measured([run.grouping, corpus])
    header, row = [line.split("\t") for line in whole.pop("out").splitlines()]
    return whole | dict(zip(header, map(float, row)))


def tables(results):
    def row(name, figure):
        cells = [figure(results[size]) for size in results]
        return f"| {name} | " + " | ".join(cells) + " |"

    def range_of(ratio):
        return f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['greatest']:.2f})"

    def with_part(part, figure):
        return lambda result: figure(result[part]) if part in result else "-"

    print("| | " + " | ".join(results) + " |")
    print("| --- |" + " --- |" * len(results))
    for name, part, figure in [
        ("yardstick p50 / p99", "search", lambda s: f"{s['yardstick']['p50_us']:.0f} / {s['yardstick']['p99_us']:.0f} µs"),
        ("Relapse p50 / p99", "search", lambda s: f"{s['relapse']['p50_us']:.0f} / {s['relapse']['p99_us']:.0f} µs"),
        ("ratio p50", "search", lambda s: range_of(s["ratio_p50"])),
        ("ratio p99", "search", lambda s: range_of(s["ratio_p99"])),
        ("the same ten in the same order", "search", lambda s: f"{s['same_answers']:,} of {s['answers']:,}"),
        ("memory of the index", "search", lambda s: f"{s['relapse']['mem_mb']:.0f} MiB"),
        ("bytes a posting", "search", lambda s: f"{s['relapse']['mem_mb'] * 2**20 / s['postings']:.1f}"),
        ("read, analyse and index", "search", lambda s: f"{s['docs'] / s['relapse']['build_s']:,.0f}/s"),
        ("ingest, until all is acknowledged", "store", lambda s: f"{s['ingest']['told_s']:.1f} s"),
        ("ingest, incidents/s", "store", lambda s: f"{s['docs'] / s['ingest']['told_s']:,.0f}"),
        ("with learning and saving, wall clock", "store", lambda s: f"{s['ingest']['wall_s']:.1f} s"),
        ("with learning and saving, processor time", "store", lambda s: f"{s['ingest']['cpu_s']:.1f} s"),
        ("ingest, peak memory", "store", lambda s: f"{s['ingest']['peak_mib']:.0f} MiB"),
        ("store on disk", "store", lambda s: f"{s['disk_mib']:.0f} MiB"),
        ("serve: start to ready", "store", lambda s: f"{s['ready_s']:.2f} s"),
        ("serve: memory then", "store", lambda s: f"{s['ready_mib']:.0f} MiB"),
        ("`similar`, a process of its own", "store", lambda s: f"{s['one_shot_s']:.2f} s"),
        ("grouping all at once", "groups", lambda s: f"{s['groups s']:.2f} s"),
        ("with vectors and cut, processor time", "groups", lambda s: f"{s['cpu_s']:.1f} s"),
        ("its memory beside the vectors", "groups", lambda s: f"{s['groups MiB']:.0f} MiB"),
        ("vectors", "groups", lambda s: f"{s['vectors MiB']:.0f} MiB"),
    ]:
        print(row(name, with_part(part, figure)))


def main():
    run = arguments()
    run.out.mkdir(parents=True, exist_ok=True)
    kept = run.out / "growth.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    for part in run.only:
        for size in run.sizes:
            corpus = run.corpora / f"inc_{size}.jsonl"
            begun = time.perf_counter()
            results.setdefault(size, {})[part] = {"search": search, "store": store, "groups": groups}[part](run, corpus, size)
            kept.write_text(json.dumps(results, indent=1) + "\n")
            print(f"{part} {size}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    tables(results)


if __name__ == "__main__":
    main()
