"""Asks Relapse: have we seen this incident before, what fixed it, and did the fix hold?

    from relapse import Relapse

    with Relapse("127.0.0.1:7700") as relapse:
        answer = relapse.similar("TLS handshake failures on auth-service")
        print(answer.verdict, answer.headline)

Answers are frozen dataclasses with the names of the protobuf messages; every field is documented in
`proto/relapse/v1`. An empty text or tuple and `None` mean: not stated.
"""

from relapse.client import Relapse, WrittenReport
from relapse.connection import RelapseError
from relapse.model import (
    ActionItem,
    Answer,
    Cost,
    FailureClass,
    FailureClassPage,
    Filter,
    FixStatus,
    FollowUp,
    FollowUpOutcome,
    Incident,
    IncidentSummary,
    IngestResult,
    ItemState,
    Match,
    NextStep,
    Problem,
    Receipt,
    Recurrence,
    RecurrenceKind,
    Report,
    ReportedClass,
    ReportScope,
    ReportTotals,
    Status,
    StoredIncident,
    Trend,
    Verdict,
    Warning,
)

__all__ = [
    "ActionItem",
    "Answer",
    "Cost",
    "FailureClass",
    "FailureClassPage",
    "Filter",
    "FixStatus",
    "FollowUp",
    "FollowUpOutcome",
    "Incident",
    "IncidentSummary",
    "IngestResult",
    "ItemState",
    "Match",
    "NextStep",
    "Problem",
    "Receipt",
    "Recurrence",
    "RecurrenceKind",
    "Relapse",
    "RelapseError",
    "Report",
    "ReportScope",
    "ReportTotals",
    "ReportedClass",
    "Status",
    "StoredIncident",
    "Trend",
    "Verdict",
    "Warning",
    "WrittenReport",
]
