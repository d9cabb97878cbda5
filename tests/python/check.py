"""The client nobody here wrote: grpcio and stubs generated from proto/, against the real binary.

check.py BINARY STUBS   (STUBS: the folder that grpc_tools.protoc wrote)
"""
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

BINARY, STUBS = sys.argv[1], sys.argv[2]
sys.path.insert(0, STUBS)

import grpc
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from relapse.v1 import (
    answer_pb2,
    backtest_pb2,
    decision_pb2,
    document_pb2,
    incident_pb2,
    incident_service_pb2 as incidents,
    incident_service_pb2_grpc as incidents_grpc,
    recurrence_service_pb2 as recurrence,
    recurrence_service_pb2_grpc as recurrence_grpc,
    report_pb2,
    similarity_service_pb2 as similarity,
    similarity_service_pb2_grpc as similarity_grpc,
)

FAILURES = [
    ("TLS handshake failure", "the load balancer listener offered no cipher that the client knows"),
    ("Connection pool exhausted", "transactions held database connections while waiting for a slow call"),
    ("Disk full", "the write-ahead log was not archived and filled the volume"),
    ("Expired certificate", "the renewal job had no permission and the certificate ran out"),
]
RECORDS = 1_000
LONG_STREAM = 3_000  # more short messages than arrive while the first of them are answered


def lines():
    """JSON lines: 1,000 incidents of four failures on ten services, over three years."""
    day = datetime.date(2023, 1, 1)
    for number in range(RECORDS):
        title, cause = FAILURES[number % len(FAILURES)]
        service = f"service-{number % 10}"
        started = day + datetime.timedelta(days=number)
        yield json.dumps({
            "id": f"PY-{number}",
            "title": f"{title} on {service}",
            "date": started.isoformat(),
            "services": [service],
            "root_cause": cause,
            "resolution": f"rolled back the change of {service}",
        })


def requests(documents):
    for number, content in enumerate(documents):
        document = document_pb2.Document(
            source="python", format="jsonl", file="stream.jsonl", line=number + 1, content=content.encode()
        )
        yield incidents.IngestIncidentsRequest(document=document)


class Server:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="relapse-check-")
        command = [BINARY, "serve", "--data", self.folder, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        self.log = pathlib.Path(self.folder, "stderr")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        said = self.process.stdout.readline() + self.process.stdout.readline()
        addresses = dict(re.findall(r"(gRPC|HTTP)\s+http://(\S+)", said))
        assert set(addresses) == {"gRPC", "HTTP"}, said + self.log.read_text()
        self.grpc, self.http = addresses["gRPC"], addresses["HTTP"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        shutil.rmtree(self.folder)
        return code


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.channel = grpc.insecure_channel(cls.server.grpc)
        cls.incidents = incidents_grpc.IncidentServiceStub(cls.channel)
        cls.similarity = similarity_grpc.SimilarityServiceStub(cls.channel)
        cls.recurrence = recurrence_grpc.RecurrenceServiceStub(cls.channel)
        cls.receipts = list(cls.incidents.IngestIncidents(requests(lines()), timeout=120))

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        code = cls.server.stop()
        assert code == 0, f"the server ended with {code} on SIGTERM"

    def refused(self, call, request, **options):
        with self.assertRaises(grpc.RpcError) as caught:
            call(request, **options)
        return caught.exception

    def test_each_record_has_its_receipt_in_order(self):
        self.assertEqual([receipt.index for receipt in self.receipts], list(range(RECORDS)))
        self.assertEqual({receipt.result for receipt in self.receipts}, {document_pb2.INGEST_RESULT_NEW})
        self.assertEqual(self.receipts[7].incident_id, "PY-7")

    def test_sending_again_changes_nothing_and_a_bad_record_stops_nothing(self):
        first = next(lines())
        sent = [first, "{not json", json.dumps({"id": "PY-bad"}), first]
        receipts = list(self.incidents.IngestIncidents(requests(sent), timeout=30))
        unchanged, refused = document_pb2.INGEST_RESULT_UNCHANGED, document_pb2.INGEST_RESULT_REFUSED
        self.assertEqual([receipt.result for receipt in receipts], [unchanged, refused, refused, unchanged])
        self.assertEqual((receipts[1].problem.file, receipts[1].problem.line), ("stream.jsonl", 2))
        self.assertTrue(receipts[2].problem.field and receipts[2].problem.reason)

    def test_a_page_is_answered(self):
        request = similarity.FindSimilarRequest(text="TLS handshake failure: no shared cipher at the load balancer")
        answer = self.similarity.FindSimilar(request, timeout=10)
        self.assertEqual(answer.verdict, answer_pb2.VERDICT_RECURRENCE)
        self.assertEqual(len(answer.matches), 5)
        self.assertIn("TLS handshake", answer.matches[0].title)
        self.assertIn("TLS", answer.failure_class.name)
        self.assertEqual(answer.HasField("confidence"), answer.calibration_cases > 0)
        total = sum(part.contribution for part in answer.matches[0].contributions)
        self.assertAlmostEqual(total, answer.matches[0].score, places=6)
        self.assertEqual(answer.searched.incidents, RECORDS)

    def test_questions_in_a_stream_are_answered_in_order(self):
        texts = [title for title, _ in FAILURES] * 5
        stream = (
            similarity.FindSimilarStreamRequest(request=similarity.FindSimilarRequest(text=text, k=1)) for text in texts
        )
        answers = list(self.similarity.FindSimilarStream(stream, timeout=30))
        self.assertEqual(len(answers), len(texts))
        for text, answer in zip(texts, answers):
            self.assertIn(text, answer.response.matches[0].title)

    def test_a_long_stream_of_short_questions_is_answered_to_its_end(self):
        def questions():
            for number in range(LONG_STREAM):
                request = similarity.FindSimilarRequest(text=f"Disk full {number}", k=1)
                yield similarity.FindSimilarStreamRequest(request=request)

        answers = self.similarity.FindSimilarStream(questions(), timeout=120)
        outcomes = [answer.WhichOneof("outcome") for answer in answers]
        self.assertEqual((len(outcomes), set(outcomes)), (LONG_STREAM, {"response"}))

    def test_classes_and_report(self):
        classes = self.recurrence.ListFailureClasses(recurrence.ListFailureClassesRequest(), timeout=30).classes
        self.assertEqual(sum(one.occurrences.total for one in classes), RECORDS)
        one = self.recurrence.GetFailureClass(recurrence.GetFailureClassRequest(class_id=classes[0].id), timeout=30)
        self.assertEqual(one.failure_class.id, classes[0].id)
        request = recurrence.GetReportRequest(format=report_pb2.REPORT_FORMAT_MARKDOWN)
        report = self.recurrence.GetReport(request, timeout=30)
        self.assertTrue(report.content.startswith("# "), report.content[:80])
        self.assertTrue(1 <= len(report.report.summary) <= 5, report.report.summary)
        beginnings = {report_pb2.REPORT_FORMAT_HTML: "<!doctype html>", report_pb2.REPORT_FORMAT_CSV: "class_id,name,"}
        for format, beginning in beginnings.items():
            content = self.recurrence.GetReport(recurrence.GetReportRequest(format=format), timeout=30).content
            self.assertTrue(content.startswith(beginning), content[:80])

    def test_watching_tells_of_everything_from_the_start(self):
        begin = recurrence.WatchRecurrencesRequest(resume_token="0", min_occurrences=200)
        told = self.recurrence.WatchRecurrences(begin, timeout=60)
        first = next(told)
        self.assertEqual((first.resume_token, first.event_id), ("0", ""))
        event = next(told)
        self.assertEqual(event.event_id, event.resume_token)
        self.assertEqual(list(event.kinds)[0], recurrence.RECURRENCE_KIND_JOINED)
        self.assertGreaterEqual(event.figures.occurrences, 200)
        self.assertTrue(event.failure_class.id and event.headline)
        told.cancel()

    def test_decisions_hold_and_are_undone(self):
        classes = self.recurrence.ListFailureClasses(recurrence.ListFailureClassesRequest(), timeout=30).classes
        by_name = {one.name: one.id for one in classes}
        class_id = by_name["Disk full"]
        ann = decision_pb2.Attribution(who="ann", why="two causes")
        request = recurrence.RenameFailureClassRequest(class_id=class_id, name="WAL", attribution=ann, request_id="py-1")
        renamed = self.recurrence.RenameFailureClass(request, timeout=30)
        self.assertEqual(renamed.failure_class.name, "WAL")
        self.assertEqual(self.recurrence.RenameFailureClass(request, timeout=30).decision.id, renamed.decision.id)
        request.name = "log"
        error = self.refused(self.recurrence.RenameFailureClass, request, timeout=30)
        self.assertEqual(error.code(), grpc.StatusCode.ALREADY_EXISTS)

        one = self.recurrence.GetFailureClass(recurrence.GetFailureClassRequest(class_id=class_id), timeout=30)
        leaving = [member.id for member in one.members[:5]]
        split = self.recurrence.SplitFailureClass(
            recurrence.SplitFailureClassRequest(class_id=class_id, incident_ids=leaving, attribution=ann), timeout=60
        )
        new_id = split.new_failure_class.id
        passed = self.recurrence.Recluster(recurrence.ReclusterRequest(), timeout=120)
        self.assertEqual(passed.classes, len(classes) + 1)
        parted = self.recurrence.GetFailureClass(recurrence.GetFailureClassRequest(class_id=new_id), timeout=30)
        self.assertEqual({member.id for member in parted.members}, set(leaving))
        self.assertEqual(parted.lineage[0].decision_id, split.decision.id)
        merge = recurrence.MergeFailureClassesRequest(class_id=class_id, merged_class_ids=[new_id])
        error = self.refused(self.recurrence.MergeFailureClasses, merge, timeout=30)
        self.assertEqual(error.code(), grpc.StatusCode.FAILED_PRECONDITION)
        self.assertIn(split.decision.id, error.details())

        for decision in [split.decision.id, renamed.decision.id]:
            self.recurrence.UndoDecision(recurrence.UndoDecisionRequest(decision_id=decision), timeout=60)
        back = self.recurrence.GetFailureClass(recurrence.GetFailureClassRequest(class_id=new_id), timeout=30)
        self.assertEqual((back.failure_class.id, back.failure_class.name), (class_id, "Disk full"))
        self.assertEqual(back.redirected_from, new_id)
        listed = self.recurrence.ListDecisions(recurrence.ListDecisionsRequest(class_id=class_id), timeout=30)
        self.assertEqual([bool(one.undone_by) for one in listed.decisions], [False, False, True, True])

    def test_follow_ups_are_closed_by_name_and_by_ticket(self):
        item = incident_pb2.ActionItem(action="Archive the log (OPS-7)", owner="storage")
        record = incident_pb2.Incident(external_id="PY-items", title="Volume slow on service-3", action_items=[item])
        self.incidents.UpsertIncident(incidents.UpsertIncidentRequest(incident=record), timeout=30)
        ticket = incidents.Ticket(id="OPS-7", status="Won't do")
        answer = self.incidents.ImportTickets(
            incidents.ImportTicketsRequest(tickets=[ticket, incidents.Ticket(id="OPS-8", status="done")]), timeout=30
        )
        outcomes = [result.outcome for result in answer.results]
        self.assertEqual(outcomes, [incidents.TICKET_OUTCOME_DROPPED, incidents.TICKET_OUTCOME_UNMATCHED])
        update = incidents.ActionItemUpdate(index=0, status="done")
        request = incidents.UpdateActionItemsRequest(incident_id="PY-items", updates=[update])
        items = self.incidents.UpdateActionItems(request, timeout=30).action_items
        self.assertEqual([one.status for one in items], ["done"])
        self.incidents.UpsertIncident(incidents.UpsertIncidentRequest(incident=record), timeout=30)
        again = self.incidents.GetIncident(incidents.GetIncidentRequest(incident_id="PY-items"), timeout=30)
        self.assertEqual(again.incident.action_items[0].status, "done", "an old record opens nothing")
        self.incidents.DeleteIncident(incidents.DeleteIncidentRequest(incident_id="PY-items"), timeout=30)

    def test_links_and_pins(self):
        pair = dict(incident_id="PY-0", other_incident_id="PY-4")
        linked = self.recurrence.LinkIncidents(recurrence.LinkIncidentsRequest(**pair), timeout=30)
        error = self.refused(self.recurrence.UnlinkIncidents, recurrence.UnlinkIncidentsRequest(**pair), timeout=30)
        self.assertEqual(error.code(), grpc.StatusCode.FAILED_PRECONDITION)
        class_id = linked.failure_class.id
        pin = recurrence.PinFailureClassRequest(class_id=class_id, pinned=True)
        pinned = self.recurrence.PinFailureClass(pin, timeout=30)
        self.assertTrue(pinned.failure_class.pinned)
        for decision in [pinned.decision.id, linked.decision.id]:
            self.recurrence.UndoDecision(recurrence.UndoDecisionRequest(decision_id=decision), timeout=30)
        again = self.recurrence.GetFailureClass(recurrence.GetFailureClassRequest(class_id=class_id), timeout=30)
        self.assertFalse(again.failure_class.pinned)

    def test_incidents_are_listed_in_pages(self):
        seen, token = [], ""
        while True:
            request = incidents.ListIncidentsRequest(page_size=300, page_token=token)
            page = self.incidents.ListIncidents(request, timeout=10)
            seen += [incident.id for incident in page.incidents]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual((len(seen), len(set(seen))), (RECORDS, RECORDS))

    def test_not_found(self):
        error = self.refused(self.incidents.GetIncident, incidents.GetIncidentRequest(incident_id="PY-none"), timeout=5)
        self.assertEqual(error.code(), grpc.StatusCode.NOT_FOUND)
        error = self.refused(
            self.recurrence.GetFailureClass, recurrence.GetFailureClassRequest(class_id="FC-999999"), timeout=5
        )
        self.assertEqual(error.code(), grpc.StatusCode.NOT_FOUND)

    def test_a_wrong_request_names_its_fields(self):
        error = self.refused(self.similarity.FindSimilar, similarity.FindSimilarRequest(text="x", k=100_000), timeout=5)
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        violations = []
        for detail in rpc_status.from_call(error).details:
            bad = error_details_pb2.BadRequest()
            if detail.Unpack(bad):
                violations += [violation.field for violation in bad.field_violations]
        self.assertIn("k", violations)

    def test_a_deadline_is_kept(self):
        request = recurrence.GetReportRequest()
        error = self.refused(self.recurrence.GetReport, request, timeout=0.000001)
        self.assertEqual(error.code(), grpc.StatusCode.DEADLINE_EXCEEDED)

    def test_the_history_is_replayed(self):
        told = self.recurrence.Backtest(backtest_pb2.BacktestRequest(k=[1, 5]), timeout=120)
        self.assertEqual((told.cases, told.undated, told.older), (RECORDS, 0, 0))
        self.assertEqual([hit.k for hit in told.hit_at_k], [1, 5])
        self.assertEqual(len(told.threshold_curve), 101)
        self.assertGreater(told.hit_at_k[0].rate, 0.8)
        self.assertEqual(sum(group.cases for group in told.by_class), RECORDS)
        error = self.refused(self.recurrence.Backtest, backtest_pb2.BacktestRequest(k=[101]), timeout=5)
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def test_a_rating_is_shown_with_the_same_question(self):
        request = similarity.FindSimilarRequest(text="Expired certificate at the edge of service-3")
        answer = self.similarity.FindSimilar(request, timeout=10)
        rating = similarity.RateMatchRequest(query_id=answer.query_id, incident_id=answer.matches[0].incident_id)
        rating.attribution.who = "python"
        cursors = {self.similarity.RateMatch(rating, timeout=5).cursor for _ in range(2)}
        self.assertEqual(len(cursors), 1)
        again = self.similarity.FindSimilar(request, timeout=10)
        marked = [match for match in again.matches if match.incident_id == rating.incident_id]
        self.assertEqual([(said.who, said.useful) for said in marked[0].ratings], [("python", False)])
        error = self.refused(self.similarity.RateMatch, similarity.RateMatchRequest(), timeout=5)
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def test_health(self):
        health = health_pb2_grpc.HealthStub(self.channel)
        for service in ["", "relapse.v1.IncidentService", "relapse.v1.SimilarityService", "relapse.v1.RecurrenceService"]:
            state = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=5).status
            self.assertEqual(state, health_pb2.HealthCheckResponse.SERVING, service)

    def test_reflection(self):
        stub = reflection_pb2_grpc.ServerReflectionStub(self.channel)
        asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        answer = next(iter(stub.ServerReflectionInfo(asked, timeout=5)))
        names = {service.name for service in answer.list_services_response.service}
        self.assertLessEqual({"relapse.v1.SimilarityService", "grpc.health.v1.Health"}, names)

    def test_http_gives_the_same_json(self):
        base = f"http://{self.server.http}"
        for route in ["/healthz", "/readyz"]:
            with urllib.request.urlopen(base + route, timeout=5) as answer:
                self.assertEqual(answer.status, 200)
        with urllib.request.urlopen(base + "/metrics", timeout=5) as answer:
            self.assertIn("relapse_", answer.read().decode())
        named = urllib.request.Request(base + "/healthz", headers={"x-request-id": "check-1"})
        with urllib.request.urlopen(named, timeout=5) as answer:
            self.assertEqual(answer.headers["x-request-id"], "check-1")
        named = {"metadata": (("x-request-id", "check-2"),), "timeout": 30}
        _, call = self.recurrence.ListFailureClasses.with_call(recurrence.ListFailureClassesRequest(), **named)
        self.assertIn(("x-request-id", "check-2"), call.initial_metadata())
        body = json.dumps({"text": "Disk full on service-2", "k": 3}).encode()
        post = urllib.request.Request(base + "/v1/similar", body, {"content-type": "application/json"})
        with urllib.request.urlopen(post, timeout=5) as answer:
            found = json.load(answer)
        self.assertEqual(found["verdict"], "VERDICT_RECURRENCE")
        # Many of nearly the same text are one match.
        self.assertGreaterEqual(sum(1 + match["collapsed_count"] for match in found["matches"]), 3)
        foreign = urllib.request.Request(base + "/v1/similar", body, {"host": "evil.example"})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(foreign, timeout=5)
        self.assertEqual(caught.exception.code, 403)
        caught.exception.close()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
