"""From messages to dataclasses and back, by the names of the fields."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, TypeVar

from google.protobuf.message import Message

T = TypeVar("T")

# A day as one of these is meant to its end.
ENDS = {"until", "as_of"}


def decode(kind: type[T], message: Message) -> T:
    """The dataclass of a message."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: _read(hints[name], message, name) for name in names})


def _read(hint: Any, message: Message, name: str) -> Any:
    field = message.DESCRIPTOR.fields_by_name[name]
    raw = getattr(message, name)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        if not message.HasField(name):
            return None
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_one(inner, field, value) for value in raw)
    if typing.get_origin(hint) is dict:
        return dict(raw)
    return _one(hint, field, raw)


def _one(hint: Any, field: Any, raw: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return decode(typing.cast("type[Any]", hint), raw)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        value = field.enum_type.values_by_number.get(raw) if field.enum_type else None
        return hint(value.name if value else "")
    if hint is datetime:
        return raw.ToDatetime(tzinfo=timezone.utc)
    return raw


def encode(value: Any, message: Message) -> None:
    """Writes a dataclass into its message; what is not stated is left out."""
    for field in dataclasses.fields(value):
        given = getattr(value, field.name)
        if given is not None and given != "" and given != () and given != {}:
            _write(given, message, field.name)


def _write(given: Any, message: Message, name: str) -> None:
    place = getattr(message, name)
    if isinstance(given, date):
        place.FromDatetime(moment(name, given))
    elif isinstance(given, dict):
        place.update(given)
    elif isinstance(given, tuple | list) and any(dataclasses.is_dataclass(one) for one in given):
        for one in given:
            encode(one, place.add())
    elif isinstance(given, tuple | list):
        place.extend(one.value if isinstance(one, enum.Enum) else one for one in _numbers(given, message, name))
    elif dataclasses.is_dataclass(given):
        place.SetInParent()
        encode(given, place)
    else:
        setattr(message, name, _numbers((given,), message, name)[0])


def _numbers(given: typing.Sequence[Any], message: Message, name: str) -> list[Any]:
    """Enumerations by their numbers, all else as it is."""
    kind = message.DESCRIPTOR.fields_by_name[name].enum_type
    return [kind.values_by_name[one.value].number if isinstance(one, enum.Enum) and kind else one for one in given]


def set_as_of(request: Any, as_of: datetime | date | None) -> None:
    """Asks for an answer as of a time, where one is given."""
    if as_of is not None:
        request.as_of.FromDatetime(moment("as_of", as_of))


def moment(name: str, given: datetime | date) -> datetime:
    """A time in UTC; a day is its first second, or its last where `name` is one that ends there."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError(f"{name}: {given.isoformat()} has no time zone; add tzinfo=timezone.utc")
        return given.astimezone(timezone.utc)
    start = datetime.combine(given, time(), timezone.utc)
    return start + timedelta(days=1, seconds=-1) if name in ENDS else start
