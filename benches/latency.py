"""How long a page waits: questions over gRPC, one after another, from a Python client.

latency.py STUBS ADDRESS QUERIES   (STUBS: made by grpc_tools.protoc, see .ci/run; QUERIES: JSONL incidents)

Asks each query by title, then by title, root cause and summary. Prints p50 and p99 in milliseconds, client included.
"""
import json
import sys
import time

STUBS, ADDRESS, QUERIES = sys.argv[1:4]
sys.path.insert(0, STUBS)

import grpc
from relapse.v1 import similarity_service_pb2, similarity_service_pb2_grpc


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def main():
    with open(QUERIES, encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    stub = similarity_service_pb2_grpc.SimilarityServiceStub(grpc.insecure_channel(ADDRESS.removeprefix("http://")))
    for name, fields in [("title", ["title"]), ("whole incident", ["title", "root_cause", "summary"])]:
        taken = []
        for query in queries:
            text = " ".join(query[field] for field in fields)
            begun = time.perf_counter()
            stub.FindSimilar(similarity_service_pb2.FindSimilarRequest(text=text), timeout=30)
            taken.append(1_000 * (time.perf_counter() - begun))
        taken.sort()
        p50, p99 = percentile(taken, .5), percentile(taken, .99)
        print(f"{name:15} {len(taken)} questions  p50 {p50:.2f} ms  p99 {p99:.2f} ms")


main()
