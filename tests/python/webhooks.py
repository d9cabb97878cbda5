"""Alerts in the thousands, and Alertmanager itself, against the real binary.

webhooks.py BINARY [MESSAGES]

10,000 messages unless said otherwise, 30 % of them copies, in any order, with two restarts (kill -9): exactly one incident each. Then the
Alertmanager that Debian packages fires, groups, resolves and fires again, and the page shows it.
"""
import hashlib
import hmac
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import sync_playwright

BINARY = sys.argv[1]
SEED = 20261120
MESSAGES = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
SECRET = "made-up-webhook-secret"


def post(url, body, headers=()):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json", **dict(headers)})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.settings = folder / "relapse.toml"
        (folder / "secrets").write_text(SECRET + "\n")
        self.settings.write_text(f'pagerduty_secrets = "{folder / "secrets"}"\nlog = "warn"\n')
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", self.settings, "--data", self.folder / "data", "--grpc", "127.0.0.1:0",
             "--http", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.grpc, self.http = (self.process.stdout.readline().split()[1] for _ in range(2))

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()

    def incidents(self, *filters):
        listed = subprocess.run([BINARY, "incidents", "--server", self.grpc, "--output", "json", *filters],
                                capture_output=True, text=True, check=True)
        return json.loads(listed.stdout)["incidents"]


def events(count):
    """Half the messages trigger an incident, half resolve it; then 30 % come twice; all in any order."""
    draw = random.Random(SEED)
    unique = []
    for number in range(round(count / 1.3) // 2):
        for kind, minute in [("triggered", 0), ("resolved", 30)]:
            at = f"2025-{1 + number % 12:02}-{1 + number % 28:02}T03:{minute:02}:00Z"
            created = at.replace(f":{minute:02}:", ":00:")
            unique.append(json.dumps({"event": {
                "id": f"{kind}-{number}", "event_type": f"incident.{kind}", "resource_type": "incident",
                "occurred_at": at, "data": {
                    "id": f"P{number}", "type": "incident", "status": kind, "created_at": created,
                    "title": f"Queue {number % 40} of orders is not emptied",
                    "service": {"summary": f"orders-{number % 40}", "type": "service_reference"}}}}).encode())
    copies = [draw.choice(unique) for _ in range(count - len(unique))]
    all_of_them = unique + copies
    draw.shuffle(all_of_them)
    return all_of_them, len(unique) // 2


class Storm(unittest.TestCase):
    def test_each_incident_is_there_once(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-storm-"))
        self.addCleanup(shutil.rmtree, folder)
        server = Server(folder)
        messages, expected = events(MESSAGES)
        print(f"seed {SEED}: {len(messages)} messages of {expected} incidents", file=sys.stderr)

        def deliver(body):
            """As PagerDuty does: again until it is taken."""
            signature = "v1=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            for _ in range(600):
                try:
                    return post(f"{server.http}/webhooks/pagerduty", body, [("X-PagerDuty-Signature", signature)])
                except urllib.error.HTTPError as error:
                    with error:
                        told = error.read()
                    self.assertGreaterEqual(error.code, 500, told)
                except OSError:
                    pass
                time.sleep(0.1)
            raise AssertionError("it was never taken")

        begun = time.monotonic()
        thirds = [messages[at::3] for at in range(3)]
        with ThreadPoolExecutor(16) as senders:
            for part, third in enumerate(thirds):
                taken = [senders.submit(deliver, body) for body in third]
                if part < 2:
                    wait_for(lambda: sum(one.done() for one in taken) > len(taken) // 2, "half of a third")
                    server.stop(signal.SIGKILL)
                    server.start()
                for one in taken:
                    one.result()
        print(f"taken in {time.monotonic() - begun:.1f} s, two kills in it", file=sys.stderr)
        incidents = server.incidents()
        self.assertEqual(len(incidents), expected)
        self.assertEqual(len({one["id"] for one in incidents}), expected)
        self.assertEqual({one["status"] for one in incidents}, {"STATUS_RESOLVED"})
        self.assertEqual({one["time_to_resolve_minutes"] for one in incidents}, {30})
        server.stop()


ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


class Alertmanager(unittest.TestCase):
    def setUp(self):
        self.assertIsNotNone(ALERTMANAGER, "install Debian's prometheus-alertmanager")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-alertmanager-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server(self.folder)
        self.addCleanup(self.server.stop)
        (self.folder / "alertmanager.yml").write_text(f"""
route: {{receiver: relapse, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: relapse, webhook_configs: [{{url: '{self.server.http}/webhooks/alertmanager', send_resolved: true}}]}}]
""")
        self.port = 19093 + random.SystemRandom().randrange(20_000)
        log = (self.folder / "alertmanager.log").open("wb")
        self.addCleanup(log.close)
        self.process = subprocess.Popen(
            [ALERTMANAGER, f"--config.file={self.folder / 'alertmanager.yml'}", f"--storage.path={self.folder / 'am'}",
             f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="], stdout=log, stderr=log)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.terminate)
        wait_for(self.is_up, "Alertmanager")

    def is_up(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=2) as ready:
                return ready.status == 200
        except OSError:
            return False

    def alert(self, service, firing):
        now = time.time()
        stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        alert = {"labels": {"alertname": "QueueStuck", "service": service, "severity": "critical"},
                 "annotations": {"summary": "The queue is not emptied"}}
        alert["startsAt"] = stamp(self.begun if not firing else now)
        if firing:
            self.begun = now
        else:
            alert["endsAt"] = stamp(now)
        body = json.dumps([alert]).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v2/alerts", data=body,
                                         headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=10).close()

    def known(self, *states):
        incidents = sorted(self.server.incidents(), key=lambda one: one["started_at"])
        return incidents if [one["status"] for one in incidents] == list(states) else None

    def test_it_fires_groups_resolves_and_fires_again(self):
        self.alert("orders", firing=True)
        wait_for(lambda: self.known("STATUS_OPEN"), "the alert")
        self.alert("billing", firing=True)
        grouped = wait_for(lambda: (found := self.known("STATUS_OPEN")) and len(found[0]["services"]) == 2 and found,
                           "the second alert of the group")
        self.assertEqual(grouped[0]["services"], ["orders", "billing"])
        self.assertEqual(grouped[0]["title"], "QueueStuck: The queue is not emptied")
        self.alert("orders", firing=False)
        self.alert("billing", firing=False)
        wait_for(lambda: self.known("STATUS_RESOLVED"), "the end")
        time.sleep(2)
        self.alert("orders", firing=True)
        again = wait_for(lambda: self.known("STATUS_RESOLVED", "STATUS_OPEN"), "the second time")
        self.assertNotEqual(again[0]["id"], again[1]["id"])
        self.check_the_page_lists("QueueStuck: The queue is not emptied", times=2)

    def check_the_page_lists(self, title, times):
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"{self.server.http}/#/incidents")
            page.get_by_role("link", name=title).nth(times - 1).wait_for()
            self.assertEqual(page.get_by_role("link", name=title).count(), times)
            browser.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
