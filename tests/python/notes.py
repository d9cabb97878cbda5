"""Answers that go out, against the real binary: PagerDuty as its documentation has it, over TLS, and the power cut.

notes.py BINARY

Sixty alerts are to be answered in a stand-in for PagerDuty that turns some requests away, while the server is killed
(kill -9) as soon as a request was read: exactly one note each. Then a server with a certificate nobody trusts: none.
"""
import datetime
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

BINARY = sys.argv[1]
ALERTS = 60
KILLS = 6
# A request may still be carried out this long after nobody waits for it, so it is not looked for before.
SETTLE_SECONDS = 30


def certificate(folder, name):
    """A self-signed certificate for localhost, and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"],
                   check=True, capture_output=True)
    return cert, key


class Pagerduty(http.server.BaseHTTPRequestHandler):
    """The two calls on notes, with what they ask of a caller."""
    notes = {}
    requests = 0
    read = threading.Event()
    lock = threading.Lock()

    def do_GET(self):
        self.answer(200, {"notes": [{"id": str(at), "content": text} for at, text in
                                    enumerate(self.notes.get(self.incident(), []))]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            type(self).requests += 1
            turned_away = self.requests % 7 == 0
            if not turned_away:
                self.notes.setdefault(self.incident(), []).append(body["note"]["content"])
        if turned_away:
            return self.answer(429, {"error": {"message": "Rate Limit Exceeded"}}, [("ratelimit-reset", "1")])
        self.read.set()
        time.sleep(0.05)  # Long enough to be killed in.
        self.answer(201, {"note": {"id": "P1", "content": body["note"]["content"]}})

    def incident(self):
        found = re.fullmatch(r"/incidents/(P\d+)/notes", self.path)
        assert found and self.headers["Authorization"] == "Token token=made-up" and "@" in self.headers["From"]
        return found[1]

    def answer(self, code, body, headers=()):
        written = json.dumps(body).encode()
        try:
            self.send_response(code)
            for name, value in [*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(written)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(written)
        except OSError:
            pass  # Whoever asked was killed.

    def log_message(self, *_):
        pass


class Server:
    def __init__(self, folder, port, trusted):
        self.folder, self.trusted = folder, trusted
        (folder / "token").write_text("made-up\n")
        (folder / "destinations.toml").write_text(
            f'[pager]\nkind = "pagerduty"\napi = "https://localhost:{port}"\ntoken_file = "{folder / "token"}"\n'
            'from = "relapse@example.com"\nverdicts = ["recurrence", "similar", "new", "insufficient_text"]\n')
        (folder / "relapse.toml").write_text(
            f'destinations = "{folder / "destinations.toml"}"\noutgoing_hosts = "localhost"\nlog = "warn"\n')
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", self.folder / "relapse.toml", "--data", self.folder / "data",
             "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "SSL_CERT_FILE": str(self.trusted)})
        self.http = [self.process.stdout.readline().split()[1] for _ in range(2)][1]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()

    def alert(self, number):
        began = datetime.datetime(2026, 1, 1) + datetime.timedelta(hours=number)
        at = began.strftime("%Y-%m-%dT%H:%M:%SZ")
        body = json.dumps({"event": {
            "id": f"m{number}", "event_type": "incident.triggered", "occurred_at": at,
            "data": {"id": f"P{number}", "type": "incident", "status": "triggered", "created_at": at,
                     "title": f"Queue {number % 9} of orders is not emptied"}}}).encode()
        request = urllib.request.Request(f"{self.http}/webhooks/pagerduty", data=body)
        urllib.request.urlopen(request, timeout=30).close()

    def states(self):
        with urllib.request.urlopen(f"{self.http}/metrics", timeout=10) as metrics:
            told = metrics.read().decode()
        found = re.findall(r'^relapse_notes\{destination="pager",state="(\w+)"\} (\d+)$', told, re.M)
        return {state: int(count) for state, count in found}


class Notes(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-notes-"))
        self.addCleanup(shutil.rmtree, self.folder)
        cert, key = certificate(self.folder, "pagerduty")
        self.vendor = http.server.ThreadingHTTPServer(("localhost", 0), Pagerduty)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.vendor.socket = context.wrap_socket(self.vendor.socket, server_side=True)
        threading.Thread(target=self.vendor.serve_forever, daemon=True).start()
        self.addCleanup(self.vendor.server_close)
        self.addCleanup(self.vendor.shutdown)
        self.port, self.cert = self.vendor.server_address[1], cert
        Pagerduty.notes, Pagerduty.requests = {}, 0

    def wait_for(self, server, condition, seconds):
        end = time.monotonic() + seconds
        while not condition(server.states()):
            self.assertLess(time.monotonic(), end, server.states())
            time.sleep(0.2)

    def test_each_alert_is_answered_once_whenever_the_server_is_killed(self):
        server = Server(self.folder, self.port, self.cert)
        for number in range(ALERTS):
            server.alert(number)
        for _ in range(KILLS):
            Pagerduty.read.clear()
            self.assertTrue(Pagerduty.read.wait(60), "a request comes")
            server.stop(signal.SIGKILL)
            server.start()
        self.wait_for(server, lambda states: states == {"sent": ALERTS}, SETTLE_SECONDS + 120)
        self.assertEqual(sorted(Pagerduty.notes), sorted(f"P{number}" for number in range(ALERTS)))
        twice = {incident: notes for incident, notes in Pagerduty.notes.items() if len(notes) != 1}
        self.assertEqual(twice, {})
        print(f"{ALERTS} notes, {Pagerduty.requests} requests, {KILLS} kills", file=sys.stderr)
        server.stop()
        server.start()
        server.alert(0)
        self.assertEqual(server.states(), {"sent": ALERTS})
        server.stop()

    def test_nothing_is_told_to_who_cannot_prove_its_name(self):
        other, _ = certificate(self.folder, "other")
        server = Server(self.folder, self.port, other)
        server.alert(1)
        time.sleep(3)
        self.assertEqual((server.states(), Pagerduty.requests), ({"waiting": 1}, 0))
        server.stop()


unittest.main(argv=sys.argv[:1], verbosity=2)
