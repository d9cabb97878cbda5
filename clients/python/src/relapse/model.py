"""The answers and records, as frozen dataclasses: the fields of the protobuf messages that callers need, by their names.

Units, ranges and the meaning of absence stand in `proto/relapse/v1`. A field that the server has and this package does
not know is left out, so a newer server does no harm.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


class Named(enum.Enum):
    """An enumeration of the wire; values go by their protobuf names. One that a newer server has reads as UNSPECIFIED."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls["UNSPECIFIED"]


class Verdict(Named):
    """Whether this has been seen before."""

    UNSPECIFIED = "VERDICT_UNSPECIFIED"
    RECURRENCE = "VERDICT_RECURRENCE"
    SIMILAR = "VERDICT_SIMILAR"
    NEW = "VERDICT_NEW"
    INSUFFICIENT_TEXT = "VERDICT_INSUFFICIENT_TEXT"


class Warning(Named):
    """What a reader of the answer should know about its limits."""

    UNSPECIFIED = "WARNING_UNSPECIFIED"
    STALE_FIX = "WARNING_STALE_FIX"
    FIELD_EMPTY = "WARNING_FIELD_EMPTY"
    ALL_TERMS_UNKNOWN = "WARNING_ALL_TERMS_UNKNOWN"
    TRUNCATED = "WARNING_TRUNCATED"
    NOT_CALIBRATED = "WARNING_NOT_CALIBRATED"


class Status(Named):
    """How far an incident has come."""

    UNSPECIFIED = "STATUS_UNSPECIFIED"
    OPEN = "STATUS_OPEN"
    MITIGATED = "STATUS_MITIGATED"
    RESOLVED = "STATUS_RESOLVED"


class FixStatus(Named):
    """Did the fix hold?"""

    UNSPECIFIED = "FIX_STATUS_UNSPECIFIED"
    RECURRED_AFTER_FIX = "FIX_STATUS_RECURRED_AFTER_FIX"
    OVERDUE = "FIX_STATUS_OVERDUE"
    OPEN = "FIX_STATUS_OPEN"
    HELD = "FIX_STATUS_HELD"
    NONE_FILED = "FIX_STATUS_NONE_FILED"
    UNKNOWN = "FIX_STATUS_UNKNOWN"


class Trend(Named):
    """The last 90 days against the 90 days before."""

    UNSPECIFIED = "TREND_UNSPECIFIED"
    RISING = "TREND_RISING"
    STEADY = "TREND_STEADY"
    FALLING = "TREND_FALLING"


class ItemState(Named):
    """What became of a promised follow-up."""

    UNSPECIFIED = "ITEM_STATE_UNSPECIFIED"
    OPEN = "ITEM_STATE_OPEN"
    DONE = "ITEM_STATE_DONE"
    DROPPED = "ITEM_STATE_DROPPED"


class FollowUpOutcome(Named):
    """Whether a promised follow-up helped."""

    UNSPECIFIED = "FOLLOW_UP_OUTCOME_UNSPECIFIED"
    RECURRED_AFTER_DONE = "FOLLOW_UP_OUTCOME_RECURRED_AFTER_DONE"
    RECURRED_WHILE_OVERDUE = "FOLLOW_UP_OUTCOME_RECURRED_WHILE_OVERDUE"
    RECURRED_WHILE_OPEN = "FOLLOW_UP_OUTCOME_RECURRED_WHILE_OPEN"
    OVERDUE = "FOLLOW_UP_OUTCOME_OVERDUE"
    OPEN = "FOLLOW_UP_OUTCOME_OPEN"
    DROPPED = "FOLLOW_UP_OUTCOME_DROPPED"
    HELD = "FOLLOW_UP_OUTCOME_HELD"
    TOO_EARLY = "FOLLOW_UP_OUTCOME_TOO_EARLY"


class IngestResult(Named):
    """What became of a record."""

    UNSPECIFIED = "INGEST_RESULT_UNSPECIFIED"
    NEW = "INGEST_RESULT_NEW"
    UPDATED = "INGEST_RESULT_UPDATED"
    UNCHANGED = "INGEST_RESULT_UNCHANGED"
    IDENTICAL = "INGEST_RESULT_IDENTICAL"
    REFUSED = "INGEST_RESULT_REFUSED"
    SKIPPED = "INGEST_RESULT_SKIPPED"


class RecurrenceKind(Named):
    """Why an event is told."""

    UNSPECIFIED = "RECURRENCE_KIND_UNSPECIFIED"
    JOINED = "RECURRENCE_KIND_JOINED"
    FIX_DID_NOT_HOLD = "RECURRENCE_KIND_FIX_DID_NOT_HOLD"
    OVERDUE = "RECURRENCE_KIND_OVERDUE"
    IN_30D = "RECURRENCE_KIND_IN_30D"
    IN_90D = "RECURRENCE_KIND_IN_90D"
    COST_MINUTES = "RECURRENCE_KIND_COST_MINUTES"
    USERS_AFFECTED = "RECURRENCE_KIND_USERS_AFFECTED"
    REVENUE = "RECURRENCE_KIND_REVENUE"


@dataclass(frozen=True)
class Filter:
    """Which incidents take part. A day as `since` begins, as `until` ends it, UTC."""

    services: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    tags: tuple[str, ...] = ()
    class_id: str = ""
    since: datetime | date | None = None
    until: datetime | date | None = None


@dataclass(frozen=True)
class ReportScope:
    """What a report covers. A day as `since` begins, as `until` ends it, UTC."""

    since: datetime | date | None = None
    until: datetime | date | None = None
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionItem:
    """A promised follow-up, as its document states it."""

    action: str
    priority: str = ""
    owner: str = ""
    due: str = ""
    status: str = ""
    closed_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Incident:
    """An incident, to be stored or to be asked about."""

    external_id: str = ""
    title: str = ""
    source: str = ""
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    updated_at: datetime | None = None
    duration_minutes: int | None = None
    severity: str = ""
    status: Status = Status.UNSPECIFIED
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    team: str = ""
    summary: str = ""
    symptoms: str = ""
    root_cause: str = ""
    resolution: str = ""
    impact: str = ""
    users_affected: int | None = None
    revenue: float | None = None
    text: str = ""
    url: str = ""
    author: str = ""
    responders: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    action_items: tuple[ActionItem, ...] = ()
    id: str = ""
    severity_level: int | None = None


@dataclass(frozen=True)
class StoredIncident:
    """An incident in full, and the class it belongs to."""

    incident: Incident
    class_id: str
    class_name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class IncidentSummary:
    """An incident in a list."""

    id: str
    title: str
    url: str
    started_at: datetime | None
    started_at_date_only: bool
    services: tuple[str, ...]
    severity: str
    status: Status
    time_to_resolve_minutes: int | None
    class_id: str


@dataclass(frozen=True)
class Occurrences:
    """How often a class occurred."""

    total: int
    in_30d: int
    in_90d: int
    in_365d: int


@dataclass(frozen=True)
class GapDays:
    """Days between occurrences."""

    median: float
    p25: float
    p75: float


@dataclass(frozen=True)
class TimeToResolve:
    """Minutes from start to resolution."""

    median: float
    p90: float
    cases: int


@dataclass(frozen=True)
class Cost:
    """What incidents cost, summed over those that state it."""

    minutes_to_resolve: int
    users_affected: int
    revenue: float


@dataclass(frozen=True)
class FailureClass:
    """A failure that came back."""

    id: str
    name: str
    terms: tuple[str, ...]
    occurrences: Occurrences
    first_seen: datetime | None
    last_seen: datetime | None
    gap_days: GapDays | None
    trend: Trend
    time_to_resolve: TimeToResolve | None
    fix_status: FixStatus
    fix_summary: str
    quiet_days: float | None
    quiet_ratio: float | None
    cost: Cost | None


@dataclass(frozen=True)
class FollowUp:
    """A promised follow-up, and what happened since."""

    action: str
    owner: str
    due: str
    days_overdue: int
    priority: str
    state: ItemState
    state_recorded: bool
    outcome: FollowUpOutcome
    closed_at: datetime | None
    recurrences_since: int
    url: str
    incident_id: str


@dataclass(frozen=True)
class FailureClassPage:
    """A class with its members and follow-ups."""

    failure_class: FailureClass
    members: tuple[IncidentSummary, ...]
    action_items: tuple[FollowUp, ...]
    redirected_from: str


@dataclass(frozen=True)
class Resolution:
    """What ended an incident, quoted."""

    text: str
    field: str


@dataclass(frozen=True)
class Match:
    """An earlier incident like the one asked about."""

    incident_id: str
    title: str
    url: str
    started_at: datetime | None
    started_at_date_only: bool
    age_days: int | None
    services: tuple[str, ...]
    severity: str
    status: Status
    score: float
    differs: tuple[str, ...]
    root_cause: str
    resolution: Resolution | None
    time_to_resolve_minutes: int | None
    responders: tuple[str, ...]
    collapsed_count: int
    class_id: str


@dataclass(frozen=True)
class NextStep:
    """A step somebody took before, quoted."""

    text: str
    incident_id: str
    times_used: int
    times_held: int


@dataclass(frozen=True)
class Searched:
    """What an answer rests on."""

    incidents: int
    cursor: str
    epoch: int
    as_of: datetime


@dataclass(frozen=True)
class Answer:
    """Have we seen this before, what fixed it, and did the fix hold?"""

    query_id: str
    verdict: Verdict
    confidence: float | None
    calibration_cases: int
    headline: str
    failure_class: FailureClass | None
    fix_status: FixStatus
    action_items: tuple[FollowUp, ...]
    matches: tuple[Match, ...]
    next_steps: tuple[NextStep, ...]
    nearest_miss: Match | None
    warnings: tuple[Warning, ...]
    searched: Searched


@dataclass(frozen=True)
class ReportTotals:
    """Sums over a period."""

    incidents: int
    recurring_incidents: int
    one_offs: int
    classes: int
    cost: Cost | None


@dataclass(frozen=True)
class ReportedClass:
    """A class, and what it did in the period."""

    failure_class: FailureClass
    in_period: int
    in_previous_period: int | None
    cost: Cost | None


@dataclass(frozen=True)
class OverdueFollowUp:
    """A follow-up past its due date."""

    follow_up: FollowUp
    class_id: str
    class_name: str


@dataclass(frozen=True)
class Report:
    """Which failures keep coming back, at what cost, and which follow-ups were never done?"""

    as_of: datetime
    totals: ReportTotals
    classes: tuple[ReportedClass, ...]
    came_back: tuple[ReportedClass, ...]
    getting_worse: tuple[ReportedClass, ...]
    fixed_and_held: tuple[ReportedClass, ...]
    new_classes: tuple[ReportedClass, ...]
    overdue: tuple[OverdueFollowUp, ...]
    one_offs: tuple[IncidentSummary, ...]
    summary: tuple[str, ...]
    previous_totals: ReportTotals | None


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record, and where."""

    file: str
    line: int
    field: str
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What became of a record."""

    result: IngestResult
    incident_id: str
    problem: Problem | None
    warnings: tuple[Problem, ...]
    class_id: str
    cursor: str


@dataclass(frozen=True)
class Recurrence:
    """A failure came back, a fix did not hold, or a class crossed a threshold."""

    resume_token: str
    incident: IncidentSummary | None
    failure_class: FailureClass | None
    headline: str
    event_id: str
    kinds: tuple[RecurrenceKind, ...]
