"""Whoever watches is killed again and again during an ingest, resumes, and has seen every event.

watch.py BINARY STUBS [--kills 20] [--seed 7]   (STUBS: the folder that grpc_tools.protoc wrote)

The watcher is a process of its own that ends by SIGKILL, at moments drawn from the seed. At every fifth kill the server
goes the same way and comes back on its data folder. What was seen, repeats left out by id, is compared with the events
that one undisturbed watcher is told afterwards.
"""
import argparse
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("binary")
parser.add_argument("stubs")
parser.add_argument("--kills", type=int, default=20)
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--watch", nargs=2, metavar=("ADDRESS", "TOKEN"), help="be the watcher")
options = parser.parse_args()
sys.path.insert(0, options.stubs)

import grpc
from relapse.v1 import (
    document_pb2,
    incident_service_pb2 as incidents,
    incident_service_pb2_grpc as incidents_grpc,
    recurrence_service_pb2 as recurrence,
    recurrence_service_pb2_grpc as recurrence_grpc,
)

FAILURES = ["Disk full", "Expired certificate", "Connection pool exhausted", "Cache stampede", "DNS lookup timeout"]
BATCH = 5


def watch(address, token):
    """Prints a line per message: the token, and the id of the event where there is one."""
    stub = recurrence_grpc.RecurrenceServiceStub(grpc.insecure_channel(address))
    for told in stub.WatchRecurrences(recurrence.WatchRecurrencesRequest(resume_token=token)):
        print(told.resume_token, told.event_id or "-", flush=True)


class Server:
    def __init__(self, folder):
        command = [options.binary, "serve", "--data", folder, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = self.process.stdout.readline()
        self.address = re.search(r"gRPC\s+https?://(\S+)", said).group(1)

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Ingest(threading.Thread):
    """Stores incidents in small batches until it is told to stop; what was cut off is sent again."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.enough, self.stored = server, threading.Event(), 0

    def run(self):
        while not self.enough.is_set():
            try:
                stub = incidents_grpc.IncidentServiceStub(grpc.insecure_channel(self.server.address))
                for _ in stub.IngestIncidents(self.batch(), timeout=10):
                    self.stored += 1
            except grpc.RpcError:
                time.sleep(0.02)

    def batch(self):
        for number in range(self.stored, self.stored + BATCH):
            title = f"{FAILURES[number % len(FAILURES)]} on service-{number % 7}"
            line = json.dumps({"id": f"W-{number}", "title": title, "root_cause": title, "date": "2026-03-01"})
            document = document_pb2.Document(source="watch", format="jsonl", content=line.encode())
            yield incidents.IngestIncidentsRequest(document=document)


class Watcher:
    """A process that watches behind `token`."""

    def __init__(self, address, token):
        command = [sys.executable, __file__, options.binary, options.stubs, "--watch", address, token]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def follow(self, lines, seen, token):
        """Reads until so many lines have come, or the stream ends; returns the last token."""
        for _ in range(lines):
            line = self.process.stdout.readline()
            if not line.endswith("\n"):
                break
            token, event = line.split()
            if event != "-":
                seen.append(event)
        return token

    def kill(self, seen, token):
        """What was printed before the end counts as seen; a line cut short does not."""
        self.process.kill()
        token = self.follow(sys.maxsize, seen, token)
        self.process.wait()
        self.process.stdout.close()
        return token


def everything(address):
    """The ids of all events, as one undisturbed watcher is told them."""
    stub = recurrence_grpc.RecurrenceServiceStub(grpc.insecure_channel(address))
    now = next(iter(stub.WatchRecurrences(recurrence.WatchRecurrencesRequest()))).resume_token
    told = []
    for event in stub.WatchRecurrences(recurrence.WatchRecurrencesRequest(resume_token="0"), timeout=120):
        if event.event_id:
            told.append(event.event_id)
        if event.resume_token == now:
            return told


def refused(address, token):
    stub = recurrence_grpc.RecurrenceServiceStub(grpc.insecure_channel(address))
    try:
        next(iter(stub.WatchRecurrences(recurrence.WatchRecurrencesRequest(resume_token=token), timeout=10)))
    except grpc.RpcError as error:
        return error.code()
    raise AssertionError(f"the token {token} was taken")


def main():
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="relapse-watch-") as folder:
        server = Server(folder)
        ingest = Ingest(server)
        ingest.start()
        seen, token, repeats = [], "0", 0
        for kill in range(1, options.kills + 1):
            watcher = Watcher(server.address, token)
            came = watcher.follow(draw.randint(1, 60), seen, token)
            # Whoever is killed may not have kept the last tokens: it resumes from one before.
            kept = came if draw.random() < 0.5 else token
            after = watcher.kill(seen, came)
            token = after if kept == came else kept
            if kill % 5 == 0:
                server.end(signal.SIGKILL)
                server = Server(folder)
                ingest.server = server
        ingest.enough.set()
        ingest.join(timeout=30)
        expected = everything(server.address)
        last = Watcher(server.address, token)
        while not seen or seen[-1] != expected[-1]:
            token = last.follow(1, seen, token)
        last.kill(seen, token)
        distinct = list(dict.fromkeys(seen))
        repeats = len(seen) - len(distinct)
        assert len(expected) > 20 * options.kills // 20, len(expected)
        assert len(set(expected)) == len(expected), "an event was told twice in one stream"
        assert distinct == expected, f"{len(set(expected) - set(distinct))} lost, or in another order"
        assert repeats > 0, "the control: whoever resumes from an older token is told again"
        assert refused(server.address, "nonsense") == grpc.StatusCode.INVALID_ARGUMENT
        assert refused(server.address, "999999999-0123456789abcdef") == grpc.StatusCode.OUT_OF_RANGE
        assert refused(server.address, "1-0123456789abcdef") == grpc.StatusCode.OUT_OF_RANGE
        server.end(signal.SIGTERM)
        print(
            f"seed {options.seed}: {options.kills} kills of the watcher, {options.kills // 5} of the server, "
            f"{ingest.stored} incidents stored; {len(expected)} events, all seen in order, {repeats} repeats left out"
        )


if options.watch:
    watch(*options.watch)
else:
    main()
