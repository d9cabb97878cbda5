"""Every body of the corpus of alerts through its door: what became of each.

payloads.py BINARY CORPUS   (CORPUS: the folder alert_payloads)

What is sent to `/webhooks/generic` is read by a map of examples/field_maps.
"""
import collections
import hashlib
import hmac
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

BINARY, CORPUS = sys.argv[1], pathlib.Path(sys.argv[2])
MAPS = pathlib.Path(__file__).parents[2] / "examples/field_maps"
SECRET = "made-up-webhook-secret"
# Files of the corpus that describe messages and are none.
DESCRIPTIONS = {"alertmanager/webhook_schema_from_docs.md", "opsgenie/asyncapi.yml", "pagerduty_events_v2/openapiv3.json"}
# Which map reads which bodies.
MAP_OF = {
    "keep_mocks/axiom_": "axiom", "keep_mocks/checkly_": "checkly", "keep_mocks/checkmk_": "checkmk",
    "keep_mocks/cloudwatch_": "cloudwatch", "keep_mocks/coralogix_": "coralogix", "keep_mocks/dash0_": "dash0",
    "keep_mocks/datadog_": "datadog", "keep_mocks/gcpmonitoring_": "gcp-monitoring", "keep_mocks/graylog_": "graylog",
    "keep_mocks/libre_nms_": "librenms", "keep_mocks/sentry_": "sentry", "keep_mocks/signalfx_": "splunk-observability",
    "keep_mocks/thousandeyes_": "thousandeyes", "other/oncall_formatted_webhook": "grafana-oncall",
    "other/oncall_zabbix": "grafana-oncall", "other/oncall_kapacitor": "kapacitor",
    "pagerduty_events_v2/": "pagerduty-events-v2",
}
# Read by this one for want of a better: nothing in them tells one alert from another.
ANY_MAP = "grafana-oncall"
# Empty bodies, a bare sentence, a rule, a change of an inventory: no alert that could be told from others.
WITHOUT_AN_ALERT = {
    "other/oncall_direct_paging.json", "other/oncall_elastalert.json", "other/oncall_inbound_email.json",
    "other/oncall_maintenance.json", "other/oncall_manual.json", "other/oncall_webhook.json",
    "pagerduty_events_v2/docs_03_00_change.json", "keep_mocks/grafana_alerts_mock.json",
    "keep_mocks/netbox_alerts_mock.json", "keep_mocks/prometheus_alerts_mock.json", "keep_mocks/wazuh_alerts_mock.json",
}
# Alerts of one kind by two names.
KIND_OF = {"MQThirdFull": "MQFull"}
# What PagerDuty documents the contents of, by the file: the event that has them.
EVENT_OF = {
    "incident": "incident.triggered", "incident_conference_bridge": "incident.conference_bridge.updated",
    "incident_field_values": "incident.custom_field_values.updated", "incident_note": "incident.annotated",
    "incident_role_assignment": "incident.role.assigned", "incident_status_update": "incident.status_update_published",
    "incident_responder": "incident.responder.added", "incident_task": "incident.task.created",
    "incident_workflow_instance": "incident.workflow.started", "service": "service.created",
    "service_field_values": "service.custom_field_values.updated",
    "incident_action_invocation": "incident.action_invocation.created",
}


class Server:
    def __init__(self, field_map=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-payloads-"))
        (self.folder / "secret").write_text(SECRET)
        settings = f'pagerduty_secrets = "{self.folder / "secret"}"\nlog = "error"\n'
        if field_map:
            settings += f'field_map = "{MAPS / field_map}.toml"\n'
        (self.folder / "relapse.toml").write_text(settings)
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", self.folder / "relapse.toml", "--data", self.folder / "data",
             "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.grpc, self.http = (self.process.stdout.readline().split()[1] for _ in range(2))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def post(self, door, body):
        """The status, and what became of each alert: its result, and its id or the reason."""
        request = urllib.request.Request(f"{self.http}/webhooks/{door}", data=body)
        if door == "pagerduty":
            request.add_header("X-PagerDuty-Signature", "v1=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest())
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                results = json.loads(response.read())["results"]
                return response.status, [(one["result"], one["reason"] or one["incident_id"]) for one in results]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, [("refused", json.loads(error.read())["message"])]

    def relapse(self, *arguments):
        told = subprocess.run([BINARY, *arguments, "--server", self.grpc, "--output", "json"],
                              capture_output=True, text=True, check=True)
        return json.loads(told.stdout)


def bodies_of(file):
    """The messages in a file: those of a list of samples as they would be sent, each as its own."""
    found = json.loads(file.read_text())
    if not isinstance(found, dict):
        return [found]
    samples = found.get("ALERTS", found.get("ALERT", found))
    if isinstance(samples, list):
        return samples
    if samples is not found and all(isinstance(one, dict) and "payload" in one for one in samples.values()):
        return [one["payload"] for one in samples.values()]
    return [samples]


def as_event(name, contents):
    """The message of PagerDuty that has these contents."""
    if "event" in contents:
        return contents
    kind = name.split("_", 3)[-1].removesuffix(".json")
    return {"event": {"id": name, "event_type": EVENT_OF.get(kind, kind), "resource_type": kind.split("_")[0],
                      "occurred_at": "2026-11-20T03:00:00Z", "data": contents}}


class Payloads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = [json.loads(line)["file"] for line in (CORPUS / "MANIFEST.jsonl").read_text().splitlines()]
        cls.servers = {}

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers.values():
            server.stop()

    def server(self, field_map=None):
        if field_map not in self.servers:
            self.servers[field_map] = Server(field_map)
        return self.servers[field_map]

    def fate(self, name):
        """Where a file was sent, and what became of each message in it."""
        folder, _, file = name.partition("/")
        if folder in ("alertmanager", "grafana"):
            return folder, [self.server().post(folder, json.dumps(body).encode()) for body in bodies_of(CORPUS / name)]
        if folder == "pagerduty_v3":
            message = as_event(file, json.loads((CORPUS / name).read_text()))
            return "pagerduty", [self.server().post("pagerduty", json.dumps(message).encode())]
        field_map = next((named for prefix, named in MAP_OF.items() if name.startswith(prefix)), ANY_MAP)
        sent = [self.server(field_map).post("generic", json.dumps(body).encode()) for body in bodies_of(CORPUS / name)]
        return f"generic, {field_map}", sent

    def test_every_body_is_taken_or_told_why_not(self):
        refused, fates = set(), collections.Counter()
        print(f"\n{'file':55} {'door':28} became", file=sys.stderr)
        for name in self.files:
            if name in DESCRIPTIONS or name.endswith(".jsonl") or name.startswith("slack/") or "signed_vector" in name:
                continue
            door, sent = self.fate(name)
            for status, results in sent:
                for result, detail in results:
                    print(f"{name:55} {door:28} {status} {result}: {detail[:100]}", file=sys.stderr)
                    self.assertTrue(detail, f"{name} was {result}, and nothing says why")
                    fates[result] += 1
                if status != 200:
                    self.assertEqual(status, 400, name)
                    refused.add(name)
        print(dict(fates), file=sys.stderr)
        self.assertEqual(refused, WITHOUT_AN_ALERT)
        self.assertGreaterEqual(fates["created"], 25)

    def test_150_alerts_are_grouped_as_their_sender_groups_them_and_classed_by_what_failed(self):
        server = Server()
        self.addCleanup(server.stop)
        lines = (CORPUS / "alertmanager/expanded_from_keep.jsonl").read_text().splitlines()
        for line in lines:
            status, _ = server.post("alertmanager", line.encode())
            self.assertEqual(status, 200)
        server.relapse("class", "recluster")
        incidents = server.relapse("incidents")["incidents"]
        self.assertEqual(len(incidents), len({json.loads(line)["groupKey"] for line in lines}))
        names = collections.defaultdict(collections.Counter)
        for incident in incidents:
            if incident["class_id"]:
                names[incident["class_id"]][incident["title"].partition(":")[0]] += 1
        print(f"\n{len(incidents)} incidents of {len(lines)} messages; classes: {[dict(of) for of in names.values()]}", file=sys.stderr)
        for counted in names.values():
            self.assertEqual(len({KIND_OF.get(name, name) for name in counted}), 1, f"one class of two kinds: {counted}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
