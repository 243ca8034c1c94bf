"""The fields of each record type. A record is validated into a dict of its stated fields."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Required
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, TypeAdapter
from typing_extensions import TypedDict

from customers.models import Commitment, ContactPoint, Customer, Goal
from interactions.imports.interchange.canonical import Record
from interactions.models import Channel, Conversation, Direction, Kind, Settlement
from partnership.staff.models import ROLES

YEARS = range(1900, 2101)
_MOST_OFFSET = timedelta(hours=16)


def _parse_moment(value: object) -> datetime:
    """Parse an ISO 8601 time, or a date as its midnight; without an offset it stays naive."""
    if not isinstance(value, str):
        raise ValueError("write a time in quotes, such as 2024-03-08T18:20:00Z")
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} is not a time: write it as 2024-03-08T18:20:00Z") from None
    _check_year(at, value)
    _check_offset(at, value)
    return at


def _check_offset(at: datetime, value: str) -> None:
    """Refuse offsets that PostgreSQL refuses; no place on earth has one."""
    offset = at.utcoffset() or timedelta()
    if abs(offset) >= _MOST_OFFSET or offset.microseconds:
        raise ValueError(f"{value[:40]!r} has an impossible offset from UTC: write one such as +02:00, or Z")


def _parse_day(value: object) -> date:
    try:
        on = date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"{str(value)[:40]!r} is not a date: write it as 2024-03-08") from None
    _check_year(on, str(value))
    return on


def _check_year(on: date, value: str) -> None:
    if on.year not in YEARS:
        raise ValueError(f"{value[:40]!r} is outside the years {YEARS[0]} to {YEARS[-1]}: mend the year")


def _check_role(name: str) -> str:
    if name not in ROLES:
        raise ValueError(f"{name!r} is not one of the roles {', '.join(ROLES)}")
    return name


@cache
def _time_zones() -> frozenset[str]:
    """Return the time zones, read from disk once."""
    return frozenset(available_timezones())


def _check_time_zone(name: str) -> str:
    if name and name not in _time_zones():
        raise ValueError(f"{name!r} is not a time zone: write one such as Europe/Berlin")
    return name


Ref = Annotated[str, Field(pattern=r"^[^:]{1,64}:.")]
_Moment = Annotated[datetime, PlainValidator(_parse_moment)]
Day = Annotated[date, PlainValidator(_parse_day)]
_Flag = Annotated[bool, Field(strict=True)]
Measure = Annotated[Decimal, Field(max_digits=16, decimal_places=4)]
Staff = Annotated[str, Field(min_length=1, max_length=765)]
_STRICT = ConfigDict(extra="forbid", use_enum_values=True)


class _StaffRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    email: Required[Annotated[str, Field(max_length=254, pattern=r"^[^\s@]+@[^\s@]+$")]]
    name: Required[Annotated[str, Field(min_length=1, max_length=200)]]
    department: Annotated[str, Field(max_length=100)] | None
    roles: list[Annotated[str, AfterValidator(_check_role)]] | None
    active: _Flag | None
    away_from: Day | None
    away_to: Day | None
    cover: Staff | None


class Point(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    kind: Required[ContactPoint.Kind]
    value: Required[Annotated[str, Field(min_length=1, max_length=320)]]
    verified: _Flag


class Via(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    kind: Required[ContactPoint.Kind]
    value: Required[Annotated[str, Field(min_length=1, max_length=320)]]
    name: Annotated[str, Field(max_length=300)] | None


class _CustomerRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    kind: Customer.Kind | None
    name: Required[Annotated[str, Field(min_length=1, max_length=300)]]
    preferred_name: Annotated[str, Field(max_length=100)] | None
    about: str | None
    organisation: Ref | None
    role: Annotated[str, Field(max_length=200)] | None
    owner: Staff | None
    introduced_by: Ref | None
    lifecycle: Customer.Lifecycle | None
    do_not_contact: _Flag | None
    restricted: _Flag | None
    language: Annotated[str, Field(max_length=16)] | None
    timezone: Annotated[str, Field(max_length=64), AfterValidator(_check_time_zone)] | None
    preferred_channel: Customer.Channel | None
    pace: Customer.Pace | None
    tags: list[Annotated[str, Field(min_length=1, max_length=60)]] | None
    attributes: Record | None
    since: Day | None
    renews_on: Day | None
    renewal_amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None
    contact_points: list[Point] | None
    also: list[Annotated[str, Field(max_length=320, pattern=r"^[^:]{1,64}:.")]] | None


class _GoalRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    customer: Required[Ref]
    title: Required[Annotated[str, Field(min_length=1, max_length=300)]]
    why: str | None
    measure: Annotated[str, Field(max_length=200)] | None
    unit: Annotated[str, Field(max_length=60)] | None
    baseline: Measure | None
    target: Measure | None
    current: Measure | None
    set_at: _Moment | None
    due_on: Day | None
    status: Goal.Status | None
    closed_at: _Moment | None


class _CheckInRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    goal: Required[Ref]
    at: Required[_Moment]
    value: Measure | None
    note: str | None
    by: Staff | None


class _CommitmentRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    customer: Required[Ref]
    party: Required[Commitment.Party]
    what: Required[Annotated[str, Field(min_length=1, max_length=500)]]
    made_at: Required[_Moment]
    due_on: Day | None
    goal: Ref | None
    owner: Staff | None
    status: Commitment.Status | None
    closed_at: _Moment | None


class _ConversationRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    customer: Required[Ref]
    channel: Required[Channel]
    subject: Annotated[str, Field(max_length=500)] | None
    status: Conversation.Status | None
    snoozed_until: _Moment | None
    snooze_reason: Annotated[str, Field(max_length=300)] | None
    assignee: Staff | None
    department: Annotated[str, Field(max_length=100)] | None
    joined_into: Ref | None


class InteractionRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    customer: Ref | None
    person: Ref | None
    via: Via | None
    occurred_at: Required[_Moment | None]
    channel: Required[Channel]
    direction: Required[Direction]
    kind: Required[Kind]
    conversation: Ref | None
    subject: Annotated[str, Field(max_length=998)] | None
    body: str | None
    html: str | None
    quoted: str | None
    author: Staff | None
    minutes: Annotated[int, Field(ge=0, le=2_147_483_647, strict=True)] | None
    amount: Annotated[Decimal, Field(max_digits=14, decimal_places=2)] | None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None
    goal: Ref | None
    commitment: Ref | None
    payload: Record | None
    shared: _Flag | None
    pinned: _Flag | None


class _SettlementRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    conversation: Required[Ref]
    at: Required[_Moment]
    by: Staff | None
    answered: Required[Settlement.Answered]
    reason: Annotated[str, Field(max_length=300)] | None


class _AttachmentRecord(TypedDict, total=False):
    __pydantic_config__ = _STRICT  # type: ignore[misc]
    type: Required[str]
    ref: Required[Ref]
    interaction: Required[Ref]
    name: Required[Annotated[str, Field(min_length=1, max_length=255)]]
    content_type: Annotated[str, Field(max_length=127)] | None
    content_id: Annotated[str, Field(max_length=255)] | None
    content: Required[str]


# By type, in import order: a type comes after those that it names.
ADAPTERS: dict[str, TypeAdapter[object]] = {
    "staff": TypeAdapter(_StaffRecord),
    "customer": TypeAdapter(_CustomerRecord),
    "goal": TypeAdapter(_GoalRecord),
    "commitment": TypeAdapter(_CommitmentRecord),
    "conversation": TypeAdapter(_ConversationRecord),
    "check_in": TypeAdapter(_CheckInRecord),
    "interaction": TypeAdapter(InteractionRecord),
    "settlement": TypeAdapter(_SettlementRecord),
    "attachment": TypeAdapter(_AttachmentRecord),
}

TYPES = tuple(ADAPTERS)
