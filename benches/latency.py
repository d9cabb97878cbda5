"""How long a page waits: questions over gRPC, one after another, from a Python client.

latency.py STUBS ADDRESS QUERIES [INCIDENTS]   (STUBS: made by grpc_tools.protoc, see .ci/run; the others: JSONL incidents)

Asks each query by title, then by title, root cause and summary. Prints p50 and p99 in milliseconds, client included.
With INCIDENTS, which the store does not hold yet: stores the first 1,000 of them one by one, asks for each at once whether
it is found, then streams the rest, and asks the queries by title again for as long as that takes.
"""
import json
import sys
import threading
import time

STUBS, ADDRESS, QUERIES = sys.argv[1:4]
sys.path.insert(0, STUBS)

import grpc
from relapse.v1 import document_pb2, incident_service_pb2, incident_service_pb2_grpc
from relapse.v1 import similarity_service_pb2, similarity_service_pb2_grpc

SINGLE = 1_000


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def report(name, taken):
    taken.sort()
    p50, p99 = percentile(taken, .5), percentile(taken, .99)
    print(f"{name:22} {len(taken):6}  p50 {p50:.2f} ms  p99 {p99:.2f} ms")


def timed(call):
    begun = time.perf_counter()
    answer = call()
    return 1_000 * (time.perf_counter() - begun), answer


def ask(stub, text):
    return stub.FindSimilar(similarity_service_pb2.FindSimilarRequest(text=text), timeout=30)


def title(query):
    return query["title"]


def whole(query):
    return " ".join(query[field] for field in ["title", "root_cause", "summary"])


def document(line):
    return document_pb2.Document(source="latency", format="jsonl", file="stream", line=1, path_id="stream", content=line)


def one_by_one(incidents, similarity, lines):
    taken = []
    for line in lines:
        request = incident_service_pb2.UpsertIncidentRequest(document=document(line))
        ms, _ = timed(lambda: incidents.UpsertIncident(request, timeout=30))
        taken.append(ms)
        found = ask(similarity, title(json.loads(line))).matches
        assert found, f"acknowledged and not found: {line[:80]}"
    report("one, acknowledged", taken)


def during_a_stream(incidents, similarity, lines, queries):
    records = (incident_service_pb2.IngestIncidentsRequest(document=document(line)) for line in lines)
    begun = time.perf_counter()
    stream = incidents.IngestIncidents(records)
    reader = threading.Thread(target=lambda: [None for _ in stream])
    reader.start()
    taken = []
    while reader.is_alive():
        taken.append(timed(lambda: ask(similarity, title(queries[len(taken) % len(queries)])))[0])
    report("title, while a stream", taken)
    print(f"the stream: {len(lines) / (time.perf_counter() - begun):.0f} incidents/s beside it")


def main():
    with open(QUERIES, encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    channel = grpc.insecure_channel(ADDRESS.removeprefix("http://"))
    similarity = similarity_service_pb2_grpc.SimilarityServiceStub(channel)
    for name, text in [("title", title), ("whole incident", whole)]:
        report(name, [timed(lambda: ask(similarity, text(query)))[0] for query in queries])
    if len(sys.argv) > 4:
        incidents = incident_service_pb2_grpc.IncidentServiceStub(grpc.insecure_channel(ADDRESS.removeprefix("http://")))
        with open(sys.argv[4], "rb") as lines:
            lines = lines.read().splitlines()
        one_by_one(incidents, similarity, lines[:SINGLE])
        during_a_stream(incidents, similarity, lines[SINGLE:], queries)


main()
