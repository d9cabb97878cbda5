"""Search over texts that people wrote, beside the exhaustive search of the yardstick.

real_text.py RELAPSE YARDSTICK SHARED OUT [--rounds 3]

The documents of five corpora in SHARED/corpora (post-mortems of two kinds, tickets of a service desk, bug reports, crashes
found by fuzzing) in one list, each document its own question. They are read from there and stay in OUT, which is to be
thrown away. Yardstick and `relapse bench --plain` in turn. The yardstick adds up in 32 bits, so it may order documents that
are alike otherwise: where the answers differ, the scores at each place are worked out anew, and by how much they differ
at most is told.
"""
import argparse
import json
import math
import pathlib
from collections import Counter

import growth

CORPORA = ["icco_postmortems", "misc_real_postmortems", "tickets_8k", "openoffice_dups", "ossfuzz"]
SIZE = "real"


def documents(shared):
    for corpus in CORPORA:
        with open(shared / "corpora" / corpus / "docs.jsonl", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def plain(text):
    """Its words in lower case, which is what both programs are to compare: the yardstick takes words as they are."""
    return " ".join(growth.WORD.findall(text.lower()))


def write(shared, path):
    """What both programs read: an id and three texts. Documents without a word are left out."""
    n_docs = 0
    with open(path, "w", encoding="utf-8") as out:
        for document in documents(shared):
            texts = [document.get(field) or "" for field in ["title", "root_cause", "text"]]
            # With a word of its own as its title, none is made of the text.
            title, _, rest = " ".join(plain(text) for text in texts if plain(text)).partition(" ")
            if title:
                n_docs += 1
                record = {"id": f"d{n_docs:06}", "title": title, "root_cause": "", "summary": rest}
                out.write(json.dumps(record) + "\n")
    return n_docs


def scores(corpus):
    """The cosine of two documents by their numbers, by its definition."""
    with open(corpus, encoding="utf-8") as lines:
        counts = [Counter(growth.WORD.findall(f"{r['title']} {r['summary']}")) for r in map(json.loads, lines)]
    frequencies = Counter(word for count in counts for word in count)
    idf = {word: math.log((1 + len(counts)) / (1 + frequency)) + 1 for word, frequency in frequencies.items()}

    def cosine(left, right):
        left, right = counts[left], counts[right]
        norm = math.prod(math.sqrt(sum((n * idf[word]) ** 2 for word, n in one.items())) for one in [left, right])
        return sum(n * right[word] * idf[word] ** 2 for word, n in left.items()) / norm

    return cosine


def greatest_gap(run, corpus):
    """Between what both programs have at the same place."""
    cosine = scores(corpus)
    names = ["relapse", "limit-taat-cosine"]
    both = zip(*((run.out / f"{name}_{SIZE}.topk").read_text().splitlines() for name in names), strict=True)
    gap = 0.0
    for asked, (ours, theirs) in enumerate(both):
        if ours != theirs:
            places = zip(map(int, ours.split()), map(int, theirs.split()), strict=True)
            gap = max([gap, *(abs(cosine(asked, left) - cosine(asked, right)) for left, right in places)])
    return gap


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["relapse", "yardstick", "shared", "out"]:
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    run = parser.parse_args()
    run.out.mkdir(parents=True, exist_ok=True)
    corpus = run.out / f"inc_{SIZE}.jsonl"
    n_docs = write(run.shared, corpus)
    run.corpora = run.out
    (run.out / "queries.jsonl").write_bytes(corpus.read_bytes())
    figures = growth.search(run, corpus, SIZE)
    print(f"{n_docs} documents, {figures['postings'] / n_docs:.0f} distinct words each in the mean")
    print(f"the same ten in the same order: {figures['same_answers']:,} of {figures['answers']:,}")
    print(f"where not, scores at the same place differ by {greatest_gap(run, corpus):.1e} at most")
    for key in ["p50", "p99"]:
        ratio = figures[f"ratio_{key}"]
        theirs, ours = figures["yardstick"][f"{key}_us"], figures["relapse"][f"{key}_us"]
        print(f"{key}: yardstick {theirs:.0f} µs, relapse {ours:.0f} µs, ratio {ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['greatest']:.2f})")


if __name__ == "__main__":
    main()
