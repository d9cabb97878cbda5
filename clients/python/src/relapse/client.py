"""The calls of Relapse, typed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Literal

import grpc

from relapse import connection, model, wire
from relapse.v1 import (
    incident_service_pb2,
    recurrence_service_pb2,
    similarity_service_pb2,
)

ReportFormat = Literal["html", "markdown", "json", "csv"]

SERVER = "127.0.0.1:7700"
PAGE_SIZE = 1000
# A stream that ends like this is to be resumed behind its last token.
PASSING = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED")


@dataclass(frozen=True)
class WrittenReport:
    """A report, and the same written out in the format asked for; `content` is empty where none was."""

    report: model.Report
    content: str
    media_type: str


class Relapse:
    """A server of Relapse. Safe to share between threads.

    `server` is `https://HOST:PORT`, or `http://HOST:PORT` or `HOST:PORT` without TLS. The token is that of `token`, of
    `token_file` or of $RELAPSE_TOKEN. Each call ends within `timeout_secs`; until then it is tried again, with growing
    pauses, while the server is UNAVAILABLE, and ends with RelapseError where it is refused.
    """

    def __init__(
        self,
        server: str = SERVER,
        *,
        token: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        ca: str | os.PathLike[str] | None = None,
        client_cert: str | os.PathLike[str] | None = None,
        client_key: str | os.PathLike[str] | None = None,
        timeout_secs: float = 10.0,
    ) -> None:
        channel = connection.open_channel(server, ca, client_cert, client_key)
        self._line = connection.Connection(channel, connection.token_of(token, token_file), timeout_secs)

    def __enter__(self) -> Relapse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._line.close()

    def similar(
        self,
        text: str = "",
        *,
        incident_id: str = "",
        incident: model.Incident | None = None,
        k: int = 5,
        filter: model.Filter | None = None,
        as_of: datetime | date | None = None,
        min_cursor: str = "",
    ) -> model.Answer:
        """Have we seen this before? Give a text, the id of a stored incident, or an incident that is not stored."""
        if sum(bool(one) for one in (text, incident_id, incident)) != 1:
            raise ValueError("give one of text, incident_id and incident")
        request = similarity_service_pb2.FindSimilarRequest(k=k, min_cursor=min_cursor)
        if incident is not None:
            request.incident.SetInParent()
            wire.encode(incident, request.incident)
        elif incident_id:
            request.incident_id = incident_id
        else:
            request.text = text
        if filter is not None:
            wire.encode(filter, request.filter)
        wire.set_as_of(request, as_of)
        answer = self._line.call(
            "SimilarityService/FindSimilar", request, similarity_service_pb2.FindSimilarResponse
        )
        return wire.decode(model.Answer, answer)

    def rate(self, query_id: str, incident_id: str, useful: bool, *, who: str = "", why: str = "") -> None:
        """Says whether a match was the same failure."""
        request = similarity_service_pb2.RateMatchRequest(query_id=query_id, incident_id=incident_id, useful=useful)
        request.attribution.who, request.attribution.why = who, why
        self._line.call("SimilarityService/RateMatch", request, similarity_service_pb2.RateMatchResponse)

    def upsert(self, incident: model.Incident) -> model.Receipt:
        """Stores an incident; the same again changes nothing."""
        request = incident_service_pb2.UpsertIncidentRequest()
        wire.encode(incident, request.incident)
        stored = self._line.call(
            "IncidentService/UpsertIncident", request, incident_service_pb2.UpsertIncidentResponse
        )
        return wire.decode(model.Receipt, stored)

    def ingest(self, incidents: Iterable[model.Incident]) -> Iterator[model.Receipt]:
        """Stores incidents as a stream: one receipt for each, in the same order, once it is durable and searchable."""

        def requests() -> Iterator[incident_service_pb2.IngestIncidentsRequest]:
            for incident in incidents:
                request = incident_service_pb2.IngestIncidentsRequest()
                wire.encode(incident, request.incident)
                yield request

        receipts = self._line.exchange(
            "IncidentService/IngestIncidents", requests(), incident_service_pb2.IngestIncidentsResponse
        )
        try:
            for receipt in receipts:
                yield wire.decode(model.Receipt, receipt)
        except grpc.RpcError as error:
            raise connection.refusal(error) from error

    def incident(self, incident_id: str, *, as_of: datetime | date | None = None) -> model.StoredIncident:
        """One incident in full."""
        request = incident_service_pb2.GetIncidentRequest(incident_id=incident_id)
        wire.set_as_of(request, as_of)
        found = self._line.call("IncidentService/GetIncident", request, incident_service_pb2.GetIncidentResponse)
        return wire.decode(model.StoredIncident, found)

    def classes(
        self, *, min_occurrences: int = 2, as_of: datetime | date | None = None
    ) -> Iterator[model.FailureClass]:
        """The failures that keep coming back, most occurrences first."""
        request = recurrence_service_pb2.ListFailureClassesRequest(
            min_occurrences=min_occurrences, page_size=PAGE_SIZE
        )
        wire.set_as_of(request, as_of)
        while True:
            page = self._line.call(
                "RecurrenceService/ListFailureClasses", request, recurrence_service_pb2.ListFailureClassesResponse
            )
            for one in page.classes:
                yield wire.decode(model.FailureClass, one)
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def failure_class(self, class_id: str, *, as_of: datetime | date | None = None) -> model.FailureClassPage:
        """One class with its members and follow-ups."""
        request = recurrence_service_pb2.GetFailureClassRequest(class_id=class_id)
        wire.set_as_of(request, as_of)
        found = self._line.call(
            "RecurrenceService/GetFailureClass", request, recurrence_service_pb2.GetFailureClassResponse
        )
        return wire.decode(model.FailureClassPage, found)

    def report(
        self,
        scope: model.ReportScope | None = None,
        *,
        as_of: datetime | date | None = None,
        format: ReportFormat | None = None,
        timeout_secs: float = 60.0,
    ) -> WrittenReport:
        """Which failures keep coming back? Name a `format` to have it written out."""
        request = recurrence_service_pb2.GetReportRequest(format=f"REPORT_FORMAT_{(format or 'unspecified').upper()}")
        if scope is not None:
            wire.encode(scope, request.scope)
        wire.set_as_of(request, as_of)
        found = self._line.call(
            "RecurrenceService/GetReport", request, recurrence_service_pb2.GetReportResponse, timeout_secs
        )
        return WrittenReport(wire.decode(model.Report, found.report), found.content, found.media_type)

    def watch(
        self, resume_token: str = "", *, filter: model.Filter | None = None, min_occurrences: int = 2
    ) -> Iterator[model.Recurrence]:
        """Tells of failures that come back, as it happens and without an end; over as many connections as it takes.

        Each is told at least once. `resume_token` of the last one seen continues behind it, also in another process;
        `0` begins before the first.
        """
        request = recurrence_service_pb2.WatchRecurrencesRequest(
            resume_token=resume_token, min_occurrences=min_occurrences
        )
        if filter is not None:
            wire.encode(filter, request.filter)
        pauses = connection.pauses()
        while True:
            try:
                for told in self._line.stream(
                    "RecurrenceService/WatchRecurrences", request, recurrence_service_pb2.WatchRecurrencesResponse
                ):
                    pauses = connection.pauses()
                    request.resume_token = told.resume_token
                    if told.HasField("incident"):
                        yield wire.decode(model.Recurrence, told)
            except grpc.RpcError as error:
                refused = connection.refusal(error)
                if refused.code not in PASSING:
                    raise refused from error
            time.sleep(next(pauses))
