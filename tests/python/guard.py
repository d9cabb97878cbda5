"""The lock before the doors, tried by a client nobody here wrote: TLS and tokens, and no token in any log.

guard.py BINARY STUBS   (STUBS: the folder that grpc_tools.protoc wrote)
"""
import importlib
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

BINARY, STUBS = sys.argv[1], sys.argv[2]
sys.path.insert(0, STUBS)

import grpc
import trustme
from grpc_reflection.v1alpha import reflection_pb2
from relapse.v1 import recurrence_service_pb2 as recurrence, recurrence_service_pb2_grpc as recurrence_grpc

ROUTES = pathlib.Path(__file__).parents[2] / "crates/server/http.rs"
LET_IN_SECS = 3  # a stream that was let in goes on until then


def calls():
    """Every call of the stubs and those of health and reflection, each with a message it understands."""
    for module in sorted(path.stem for path in pathlib.Path(STUBS, "relapse/v1").glob("*_pb2.py")):
        for service in importlib.import_module(f"relapse.v1.{module}").DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                yield f"/{service.full_name}/{method.name}", b""
    yield "/grpc.health.v1.Health/Check", b""
    listed = reflection_pb2.ServerReflectionRequest(list_services="").SerializeToString()
    for version in ["v1", "v1alpha"]:
        yield f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", listed


def routes():
    """Every route of the server, by the table it is made of: path, what it needs, method."""
    table = ROUTES.read_text()
    table = table[table.index("fn routes()"):table.index("pub(crate) fn router")]
    found = re.findall(r'"(/[^"]*)",\s*(Open|Token|Signature),\s*(.*)', table)
    return [(path, needs, "GET" if "get(" in handlers else "POST") for path, needs, handlers in found]


def row(door, *told):
    print(f"{door:58} " + " ".join(f"{one:17}" for one in told), file=sys.stderr)


class Guard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-guard-"))
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        cls.ca, cls.cert, cls.key = (cls.folder / name for name in ["ca.pem", "cert.pem", "key.pem"])
        authority.cert_pem.write_to_path(cls.ca)
        certificate.cert_chain_pems[0].write_to_path(cls.cert)
        certificate.private_key_pem.write_to_path(cls.key)
        cls.tokens = cls.folder / "tokens"
        cls.token = cls.relapse("token", "weekly-report", "--tokens", cls.tokens).stdout.strip()
        cls.log = cls.folder / "log"
        with cls.log.open("wb") as log:
            cls.server = subprocess.Popen(
                [BINARY, "serve", "--data", cls.folder / "data", "--grpc", "0.0.0.0:0", "--http", "127.0.0.1:0",
                 "--tls-cert", cls.cert, "--tls-key", cls.key, "--tokens", cls.tokens],
                stdout=subprocess.PIPE, stderr=log, text=True, env={"RELAPSE_LOG": "trace"})
        cls.port = cls.server.stdout.readline().strip().rsplit(":", 1)[1]
        cls.http = cls.server.stdout.readline().strip().rsplit(":", 1)[1]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()

    @staticmethod
    def relapse(*arguments):
        return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)

    def classes(self, token=None):
        credentials = grpc.ssl_channel_credentials(self.ca.read_bytes())
        metadata = [("authorization", f"Bearer {token}")] if token else []
        with grpc.secure_channel(f"localhost:{self.port}", credentials) as channel:
            stub = recurrence_grpc.RecurrenceServiceStub(channel)
            return stub.ListFailureClasses(recurrence.ListFailureClassesRequest(), metadata=metadata, timeout=20)

    def get(self, path, token=None):
        request = urllib.request.Request(f"https://localhost:{self.http}{path}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        context = ssl.create_default_context(cafile=self.ca)
        with urllib.request.urlopen(request, context=context, timeout=20) as response:
            return response.read().decode()

    def test_a_token_opens_both_doors(self):
        self.assertEqual(len(self.classes(self.token).classes), 0)
        self.assertIn('"classes"', self.get("/v1/classes", self.token))
        self.assertEqual(self.get("/healthz"), "ok\n")

    def test_without_or_with_a_wrong_one_they_stay_shut(self):
        for token in [None, self.token[:-1], self.token + "0"]:
            with self.assertRaises(grpc.RpcError) as refused:
                self.classes(token)
            self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.get("/v1/classes", token)
            self.assertEqual(refused.exception.code, 401)
            refused.exception.close()

    def code(self, channel, path, message, token):
        """How a call ends."""
        metadata = [("authorization", f"Bearer {token}")] if token else []
        call = channel.stream_stream(path, request_serializer=None, response_deserializer=None)
        try:
            for _ in call(iter([message]), metadata=metadata, timeout=LET_IN_SECS):
                pass
        except grpc.RpcError as error:
            return error.code().name
        return "OK"

    def status(self, path, method, token):
        """What a route is answered with."""
        body = b"" if method == "POST" else None
        request = urllib.request.Request(f"https://localhost:{self.http}{path}", data=body, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca), timeout=20) as reply:
                return reply.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def test_every_call_and_every_route_without_with_a_wrong_and_with_the_right_token(self):
        wrong = "rlp_" + "0" * 64
        row("\ndoor", "without", "wrong", "right")
        credentials = grpc.ssl_channel_credentials(self.ca.read_bytes())
        with grpc.secure_channel(f"localhost:{self.port}", credentials) as channel:
            known = list(calls())
            self.assertGreater(len(known), 25)
            for path, message in known:
                told = [self.code(channel, path, message, token) for token in [None, wrong, self.token]]
                row(path, *told)
                shut = "OK" if path.startswith("/grpc.health.") else "UNAUTHENTICATED"
                self.assertEqual(told[:2], [shut] * 2, path)
                self.assertNotIn(told[2], ["UNAUTHENTICATED", "PERMISSION_DENIED", "INTERNAL", "UNKNOWN"], path)
        known = routes()
        self.assertEqual(len(known), int(re.search(r"MethodRouter<Web>\); (\d+)\]", ROUTES.read_text())[1]))
        for path, needs, method in known:
            told = [self.status(re.sub(r"{.*?}", "X-1", path), method, token) for token in [None, wrong, self.token]]
            row(f"{method} {path}", *told)
            self.assertEqual([code == 401 for code in told], [needs != "Open"] * 2 + [False], path)

    def test_the_command_line_takes_the_same_token(self):
        server = ["--server", f"https://localhost:{self.port}", "--ca", self.ca]
        file = self.folder / "mine.token"
        file.write_text(self.token + "\n")
        listed = self.relapse("classes", *server, "--token-file", file)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        refused = self.relapse("classes", *server)
        self.assertEqual(refused.returncode, 4)
        self.assertIn("--token-file", refused.stderr)

    def test_a_certificate_that_nobody_vouches_for_is_told_as_that(self):
        refused = self.relapse("classes", "--server", f"https://localhost:{self.port}", "--token-file", self.tokens)
        self.assertEqual(refused.returncode, 4)
        self.assertIn("cannot be trusted", refused.stderr)
        self.assertIn("--ca", refused.stderr)

    def test_no_token_is_in_a_log_an_error_or_a_metric(self):
        self.classes(self.token)
        wrong = "rlp_" + "c0ffee" * 10
        with self.assertRaises(grpc.RpcError) as refused:
            self.classes(wrong)
        told = self.get("/metrics", self.token) + self.log.read_text() + str(refused.exception)
        told += "".join(path.read_bytes().decode("latin-1") for path in (self.folder / "data").rglob("*") if path.is_file())
        told += self.tokens.read_text()
        self.assertIn("let in", told, "the log was read, and says who came")
        for token in [self.token, self.token.removeprefix("rlp_"), wrong]:
            self.assertNotIn(token, told)

    def test_beyond_this_machine_it_does_not_start_without_them(self):
        for given in [[], ["--tokens", self.tokens], ["--tls-cert", self.cert, "--tls-key", self.key]]:
            ended = self.relapse("serve", "--data", self.folder / "other", "--grpc", "0.0.0.0:0", *given)
            self.assertEqual(ended.returncode, 2, ended.stderr)
            self.assertIn("loopback", ended.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
