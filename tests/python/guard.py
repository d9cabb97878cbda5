"""The lock before the doors, tried by a client nobody here wrote: TLS and tokens, and no token in any log.

guard.py BINARY STUBS   (STUBS: the folder that grpc_tools.protoc wrote)
"""
import pathlib
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
from relapse.v1 import recurrence_service_pb2 as recurrence, recurrence_service_pb2_grpc as recurrence_grpc


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
