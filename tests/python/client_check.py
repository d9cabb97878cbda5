"""The Python client and its examples, against the real binary.

client_check.py BINARY   (with the Python that clients/python is installed in)
"""
import dataclasses
import enum
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import typing
import unittest
from datetime import date, datetime, timezone
from unittest import mock

import trustme
from relapse import (Filter, FixStatus, Incident, IngestResult, Relapse, RelapseError, ReportScope, Status, Verdict,
                     connection, model, wire)
from relapse.v1 import (answer_pb2, document_pb2, failure_class_pb2, filter_pb2, incident_pb2, incident_service_pb2,
                        recurrence_service_pb2, report_pb2, similarity_service_pb2)

BINARY = sys.argv[1]
ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = ROOT / "clients/python/examples"
ALERT = "TLS handshake failures on auth-gateway, unknown issuer"
MESSAGES = {
    model.Answer: similarity_service_pb2.FindSimilarResponse, model.FailureClassPage:
    recurrence_service_pb2.GetFailureClassResponse, model.Recurrence: recurrence_service_pb2.WatchRecurrencesResponse,
    model.Receipt: incident_service_pb2.IngestIncidentsResponse, model.StoredIncident:
    incident_service_pb2.GetIncidentResponse, model.Report: report_pb2.Report, model.Filter: filter_pb2.Filter,
    model.ReportScope: report_pb2.ReportScope,
}
ENUMS = [answer_pb2.Verdict, answer_pb2.Warning, incident_pb2.Status, failure_class_pb2.FixStatus, failure_class_pb2.Trend,
         failure_class_pb2.ItemState, failure_class_pb2.FollowUpOutcome, document_pb2.IngestResult,
         recurrence_service_pb2.RecurrenceKind]


class Server:
    def __init__(self, folder, *options, grpc="127.0.0.1:0"):
        command = [BINARY, "serve", "--data", folder, "--grpc", grpc, "--http", "127.0.0.1:0", *options]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[1]
        self.process.stdout.readline()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def relapse(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def example(name, *arguments, server, given=""):
    command = [sys.executable, EXAMPLES / name, "--server", server, *arguments]
    return subprocess.run(list(map(str, command)), input=given, capture_output=True, text=True, timeout=60)


class WithSamples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-client-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        relapse("ingest", ROOT / "examples/incidents", "--data", cls.folder / "data")
        cls.server = Server(cls.folder / "data")
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.relapse = Relapse(self.server.url)
        self.addCleanup(self.relapse.close)


class Calls(WithSamples):
    def test_an_alert_is_recognised(self):
        answer = self.relapse.similar(ALERT, k=2, as_of=date(2026, 11, 20))
        self.assertIs(answer.verdict, Verdict.RECURRENCE)
        self.assertIs(answer.fix_status, FixStatus.RECURRED_AFTER_FIX)
        self.assertEqual(len(answer.matches), 2)
        self.assertEqual(answer.searched.as_of, datetime(2026, 11, 20, 23, 59, 59, tzinfo=timezone.utc))
        self.assertGreater(answer.confidence, 0.5)
        best = answer.matches[0]
        self.assertEqual(best.started_at.tzinfo, timezone.utc)
        self.assertIsInstance(best.services, tuple)
        self.assertTrue(best.resolution.text)
        page = self.relapse.failure_class(answer.failure_class.id)
        self.assertIn(best.incident_id, [member.id for member in page.members])
        again = self.relapse.similar(incident_id=best.incident_id, filter=Filter(since=date(2026, 1, 1)))
        self.assertNotIn(best.incident_id, [match.incident_id for match in again.matches])
        self.assertTrue(all(match.started_at.year == 2026 for match in again.matches))

    def test_classes_and_reports_tell_what_the_command_line_tells(self):
        told = json.loads(relapse("classes", "--server", self.server.url, "--output", "json"))
        self.assertEqual([one.id for one in self.relapse.classes()], [one["id"] for one in told["classes"]])
        with mock.patch("relapse.client.PAGE_SIZE", 2):
            self.assertEqual(len(list(self.relapse.classes())), len(told["classes"]), "over several pages")
        scope = ReportScope(since=date(2026, 8, 1), until=date(2026, 11, 20))
        written = self.relapse.report(scope, format="markdown")
        self.assertEqual(written.content, relapse("report", "--server", self.server.url, "--since", "2026-08-01",
                                                  "--until", "2026-11-20", "--format", "markdown"))
        self.assertEqual(written.report.totals.incidents, 12)
        self.assertTrue(written.report.overdue[0].follow_up.days_overdue)

    def test_a_rating_comes_back_with_its_question(self):
        answer = self.relapse.similar("Queue backlog in notification-worker")
        self.relapse.rate(answer.query_id, answer.matches[0].incident_id, True, who="ann")
        again = relapse("similar", "Queue backlog in notification-worker", "--server", self.server.url, "--output", "json")
        self.assertEqual(json.loads(again)["matches"][0]["ratings"][0]["who"], "ann")

    def test_whoever_watches_is_told_from_the_token_on(self):
        told = self.relapse.watch("0")
        first, second = next(told), next(told)
        self.assertTrue(first.headline and first.incident and first.kinds)
        self.assertEqual(next(self.relapse.watch(first.resume_token)).event_id, second.event_id)

    def test_a_refusal_says_what_is_wrong(self):
        with self.assertRaises(RelapseError) as refused:
            self.relapse.incident("NO-SUCH")
        self.assertEqual(refused.exception.code, "NOT_FOUND")
        with self.assertRaises(RelapseError) as refused:
            self.relapse.similar("x", k=5000, filter=Filter(class_id="FC-" + "9" * 5))
        self.assertEqual(refused.exception.code, "INVALID_ARGUMENT")
        self.assertIn("k", [field for field, _ in refused.exception.violations])
        for wrong in [{}, {"text": "x", "incident_id": "y"}]:
            with self.assertRaises(ValueError):
                self.relapse.similar(**wrong)
        with self.assertRaisesRegex(ValueError, "no time zone"):
            self.relapse.similar("x", as_of=datetime(2026, 1, 1))


class Writing(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-writing-"))
        self.addCleanup(shutil.rmtree, folder)
        server = Server(folder / "data")
        self.addCleanup(server.stop)
        self.relapse = Relapse(server.url)
        self.addCleanup(self.relapse.close)

    def test_what_is_written_reads_back(self):
        written = Incident(
            external_id="PY-1", source="python", title="Elevator stuck between floors", severity="SEV-3",
            started_at=datetime(2026, 5, 1, 8, 30, tzinfo=timezone.utc), status=Status.RESOLVED,
            services=("elevator",), labels={"floor": "3"}, duration_minutes=0, users_affected=2,
            action_items=(model.ActionItem("Grease the rails", owner="Facilities", due="2026-06-01"),))
        receipt = self.relapse.upsert(written)
        self.assertIs(receipt.result, IngestResult.NEW)
        self.assertIs(self.relapse.upsert(written).result, IngestResult.UNCHANGED)
        read = self.relapse.incident(receipt.incident_id).incident
        self.assertEqual(dataclasses.replace(read, id="", severity_level=None), written)
        found = self.relapse.similar("elevator stuck", min_cursor=receipt.cursor)
        self.assertEqual(found.matches[0].incident_id, receipt.incident_id)

    def test_a_stream_has_a_receipt_for_each_and_in_order(self):
        wrong = {7: Incident(title="no id")}
        sent = [wrong.get(n, Incident(external_id=f"S-{n}", title=f"Belt {n} torn")) for n in range(300)]
        receipts = list(self.relapse.ingest(sent))
        self.assertEqual([receipt.incident_id for n, receipt in enumerate(receipts) if n != 7],
                         [f"S-{n}" for n in range(300) if n != 7])
        self.assertIs(receipts[7].result, IngestResult.REFUSED)
        self.assertIn("external_id", receipts[7].problem.field + receipts[7].problem.reason)


class Outages(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-outage-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server(self.folder / "data")

    def test_a_server_that_comes_back_in_time_is_asked_again(self):
        address = self.server.url.removeprefix("http://")
        with Relapse(address, timeout_secs=30) as client:
            self.assertEqual(list(client.classes()), [])
            self.server.stop()
            with self.assertRaises(RelapseError):
                client._line.call("RecurrenceService/ListFailureClasses",
                                  recurrence_service_pb2.ListFailureClassesRequest(),
                                  recurrence_service_pb2.ListFailureClassesResponse, 0.1)
            back = []
            starter = threading.Timer(1, lambda: back.append(Server(self.folder / "data", grpc=address)))
            starter.start()
            self.assertEqual(list(client.classes()), [])
            starter.join()
            back[0].stop()

    def test_one_that_stays_away_is_told_in_time(self):
        self.server.stop()
        begun = time.monotonic()
        with Relapse(self.server.url, timeout_secs=1) as client, self.assertRaises(RelapseError) as refused:
            client.similar("x")
        self.assertEqual(refused.exception.code, "UNAVAILABLE")
        self.assertLess(time.monotonic() - begun, 5)

    def test_what_is_refused_is_not_asked_again(self):
        self.addCleanup(self.server.stop)
        with Relapse(self.server.url) as client, mock.patch("time.sleep") as slept:
            with self.assertRaises(RelapseError):
                client.failure_class("FC-1")
        slept.assert_not_called()


class Guarded(unittest.TestCase):
    def test_a_token_over_tls_opens_and_no_or_a_wrong_one_does_not(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-tls-"))
        self.addCleanup(shutil.rmtree, folder)
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(folder / "ca.pem")
        certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        (folder / "mine").write_text(relapse("token", "python", "--tokens", folder / "tokens"))
        server = Server(folder / "data", "--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem",
                        "--tokens", folder / "tokens")
        self.addCleanup(server.stop)
        url = "https://localhost:" + server.url.rsplit(":", 1)[1]
        with Relapse(url, ca=folder / "ca.pem", token_file=folder / "mine") as client:
            self.assertEqual(list(client.classes()), [])
        for token in ["", "rlp_" + "0" * 40]:
            with Relapse(url, ca=folder / "ca.pem", token=token) as client, self.assertRaises(RelapseError) as refused:
                list(client.classes())
            self.assertEqual(refused.exception.code, "UNAUTHENTICATED")
        with Relapse(url, token_file=folder / "mine", timeout_secs=1) as client, self.assertRaises(RelapseError):
            list(client.classes())  # by an authority that nobody named


class Model(unittest.TestCase):
    def test_every_field_is_one_of_its_message(self):
        for kind, message in MESSAGES.items():
            self.fits(kind, message.DESCRIPTOR)

    def fits(self, kind, descriptor):
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            self.assertIn(field.name, descriptor.fields_by_name, kind.__name__)
            inner = descriptor.fields_by_name[field.name].message_type
            for hint in [hints[field.name], *typing.get_args(hints[field.name])]:
                if dataclasses.is_dataclass(hint):
                    self.fits(hint, inner)

    def test_pauses_grow_up_to_a_limit(self):
        longest = [pause for pause, _ in zip(connection.pauses(draw=lambda: 0.0), range(8))]
        self.assertEqual(longest, [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])
        shortest = [pause for pause, _ in zip(connection.pauses(draw=lambda: 1.0), range(2))]
        self.assertEqual(shortest, [0.1, 0.2])

    def test_every_enumeration_is_whole(self):
        for wired in ENUMS:
            named = getattr(model, wired.DESCRIPTOR.name)
            self.assertEqual([one.value for one in named], wired.keys())

    def test_a_value_of_a_newer_server_reads_as_unspecified(self):
        message = similarity_service_pb2.FindSimilarResponse(verdict=77)
        message.searched.as_of.GetCurrentTime()
        self.assertIs(wire.decode(model.Answer, message).verdict, Verdict.UNSPECIFIED)


class Examples(WithSamples):
    def test_the_pager_hook_says_whether_it_was_seen_before(self):
        alert = json.dumps({"title": ALERT, "service": "auth-gateway"})
        told = example("pager_hook.py", server=self.server.url, given=alert)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertTrue(told.stdout.startswith("RECURRENCE: "), told.stdout)
        self.assertIn("Tried before", told.stdout)
        new = example("pager_hook.py", server=self.server.url, given='{"title": "Forklift charging station reports a ground fault, breaker trips"}')
        self.assertTrue(new.stdout.startswith("NEW: "), new.stdout)

    def test_the_pager_hook_never_holds_up_a_page(self):
        told = example("pager_hook.py", server="127.0.0.1:1", given='{"title": "Disk full"}')
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("did not answer (UNAVAILABLE)", told.stdout)

    def test_the_weekly_job_writes_a_report_and_raises_what_came_back(self):
        out = self.folder / "week.md"
        told = example("weekly_report.py", "--until", "2026-11-20", "--days", "90", "--out", out, server=self.server.url)
        self.assertEqual(told.returncode, 1, told.stderr)
        self.assertIn("Came back after a fix", told.stdout)
        self.assertIn("TLS handshake failures", out.read_text())
        quiet = example("weekly_report.py", "--until", "2020-01-07", server=self.server.url)
        self.assertEqual(quiet.returncode, 0, quiet.stderr)
        away = example("weekly_report.py", "--patience", "1", server="127.0.0.1:1")
        self.assertEqual(away.returncode, 2)
        self.assertIn("UNAVAILABLE", away.stderr)

    def test_the_chatbot_answers_each_line(self):
        asked = self.relapse.similar("Queue backlog", k=3)
        lines = ["similar Queue backlog", f"class {asked.failure_class.id}", "report 3650", "class FC-999", "hello",
                 f"useful {asked.query_id} {asked.matches[0].incident_id} no"]
        told = example("chatbot.py", server=self.server.url, given="\n".join(lines) + "\n")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        for expected in ["RECURRENCE: ", f"{asked.failure_class.id}: ", "incidents", "that did not work: NOT_FOUND",
                         "say: similar TEXT", "was not the same failure"]:
            self.assertIn(expected, told.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
