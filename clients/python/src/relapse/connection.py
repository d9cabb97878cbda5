"""A channel to a server: who calls, how long a call may take, when it is tried again, and what its refusal says."""

from __future__ import annotations

import os
import pathlib
import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status

M = TypeVar("M", bound=Message)

MESSAGE_BYTES_MAX = 64 * 1024 * 1024
PAUSE_FIRST_SECS = 0.2
PAUSE_MAX_SECS = 5.0


class RelapseError(Exception):
    """A call that was refused, or a server that cannot be reached.

    `code` is the name of the gRPC status, such as `NOT_FOUND`; `violations` are the fields that were wrong and why;
    `hint` is what can be done about it, empty where nothing is known.
    """

    def __init__(self, code: str, message: str, violations: tuple[tuple[str, str], ...] = (), hint: str = "") -> None:
        told = "".join(f"; {field}: {reason}" for field, reason in violations)
        super().__init__(f"{code}: {message}{told}" + (f" ({hint})" if hint else ""))
        self.code, self.message, self.violations, self.hint = code, message, violations, hint


def refusal(error: grpc.RpcError) -> RelapseError:
    """What a failed call says, with the details that travel with it."""
    call = error if isinstance(error, grpc.Call) else None
    if call is None:
        return RelapseError("UNKNOWN", str(error))
    violations: list[tuple[str, str]] = []
    hint = ""
    status = rpc_status.from_call(call)
    for detail in status.details if status else ():
        bad, help_ = error_details_pb2.BadRequest(), error_details_pb2.Help()
        if detail.Unpack(bad):
            violations += [(one.field, one.description) for one in bad.field_violations]
        elif detail.Unpack(help_) and help_.links:
            hint = help_.links[0].description
    return RelapseError(call.code().name, call.details() or "", tuple(violations), hint)


def pauses(draw: Callable[[], float] = random.random) -> Iterator[float]:
    """Seconds to wait before each further try: doubling, up to a limit, and shortened at random by up to a half."""
    pause = PAUSE_FIRST_SECS
    while True:
        yield pause * (1 - draw() / 2)
        pause = min(pause * 2, PAUSE_MAX_SECS)


def token_of(token: str | None, token_file: str | os.PathLike[str] | None) -> str:
    """The token given, else that of the file, else that of $RELAPSE_TOKEN; empty: none."""
    if token is None and token_file is not None:
        token = pathlib.Path(token_file).read_text(encoding="utf-8")
    if token is None:
        token = os.environ.get("RELAPSE_TOKEN", "")
    return token.strip()


def open_channel(
    server: str,
    ca: str | os.PathLike[str] | None,
    client_cert: str | os.PathLike[str] | None,
    client_key: str | os.PathLike[str] | None,
) -> grpc.Channel:
    """A channel to `https://HOST:PORT` with TLS, or to `http://HOST:PORT` or `HOST:PORT` without."""
    scheme, _, address = server.rpartition("://")
    options = [("grpc.max_receive_message_length", MESSAGE_BYTES_MAX)]
    if scheme in ("", "http"):
        return grpc.insecure_channel(address, options)
    if scheme != "https":
        raise ValueError(f"{server}: expected http:// or https://")

    def read(file: str | os.PathLike[str] | None) -> bytes | None:
        return None if file is None else pathlib.Path(file).read_bytes()

    credentials = grpc.ssl_channel_credentials(read(ca), read(client_key), read(client_cert))
    return grpc.secure_channel(address, credentials, options)


class Connection:
    """Calls by name, each with a token and a deadline; tried again while the server is UNAVAILABLE and time is left."""

    def __init__(self, channel: grpc.Channel, token: str, timeout_secs: float) -> None:
        self._channel = channel
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self._timeout_secs = timeout_secs

    def close(self) -> None:
        """Ends the channel."""
        self._channel.close()

    def call(self, path: str, request: Message, response: type[M], timeout_secs: float | None = None) -> M:
        """One request, one response. Every call of Relapse may be repeated."""
        method = self._channel.unary_unary(
            f"/relapse.v1.{path}",
            request_serializer=_serialize,
            response_deserializer=response.FromString,
        )
        return self._tried(lambda left: method(request, timeout=left, metadata=self._metadata), timeout_secs)

    def stream(self, path: str, request: Message, response: type[M]) -> Iterator[M]:
        """One request, many responses, until the server ends them."""
        method = self._channel.unary_stream(
            f"/relapse.v1.{path}",
            request_serializer=_serialize,
            response_deserializer=response.FromString,
        )
        return method(request, metadata=self._metadata)

    def exchange(self, path: str, requests: Iterator[Message], response: type[M]) -> Iterator[M]:
        """Many requests, one response for each and in the same order. A stream that breaks is not begun again."""
        method = self._channel.stream_stream(
            f"/relapse.v1.{path}",
            request_serializer=_serialize,
            response_deserializer=response.FromString,
        )
        return method(requests, metadata=self._metadata)

    def _tried(self, attempt: Callable[[float], M], timeout_secs: float | None) -> M:
        end = time.monotonic() + (self._timeout_secs if timeout_secs is None else timeout_secs)
        for pause in pauses():
            try:
                return attempt(max(end - time.monotonic(), 0.001))
            except grpc.RpcError as error:
                refused = refusal(error)
                if refused.code != "UNAVAILABLE" or time.monotonic() + pause >= end:
                    raise refused from error
            time.sleep(pause)
        raise AssertionError("pauses never end")


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()
