"""What a service hears and may say, derived from its handlers' annotations."""

import typing
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from contracts.envelope import Event
from services.kit.sending import EndThread, Send, Withdraw
from services.kit.service import Handler, Service
from services.kit.timers import Later


class HandlerWrong(Exception):  # noqa: N818
    """A handler's annotations do not say what it hears or announces."""


def hearers(service: Service) -> Mapping[type[Event], Sequence[Handler]]:
    """The handlers of each event class, in the order of the service's list."""
    found: dict[type[Event], list[Handler]] = {}
    for handler in service.hears:
        for kind in heard_by(handler):
            found.setdefault(kind, []).append(handler)
    return found


def subscriptions(service: Service) -> frozenset[str]:
    """The topics that a service hears."""
    return frozenset(kind.TOPIC for kind in hearers(service))


def announces(service: Service) -> frozenset[type[Event]]:
    """The event classes that a service may say, notes to itself and refusals included."""
    said = {kind for handler in service.hears for kind in said_by(handler)}
    return frozenset(said | ({service.refuses} if service.refuses else set()))


@cache
def heard_by(handler: Handler) -> tuple[type[Event], ...]:
    """The event classes of a handler's first argument."""
    hints = get_type_hints(handler)
    first = next(iter(hints.values()), None)
    kinds = tuple(kind for kind in _members(first) if _is_event(kind) and kind.TOPIC)
    if not kinds or kinds != tuple(_members(first)):
        raise HandlerWrong(f"{handler.__name__}: its first argument must be an event with a topic")
    return kinds


@cache
def said_by(handler: Handler) -> tuple[type[Event], ...]:
    """The event classes of a handler's return annotation, through Later and Send."""
    hints = get_type_hints(handler)
    if "return" not in hints:
        raise HandlerWrong(f"{handler.__name__}: its return annotation says what it announces")
    return tuple(dict.fromkeys(_events_in(hints["return"])))


def _events_in(annotation: Any) -> Iterator[type[Event]]:
    for kind in _members(annotation):
        origin = get_origin(kind)
        if _is_event(kind):
            yield kind
        elif origin is not None:
            yield from (found for part in get_args(kind) for found in _events_in(part))
        elif kind not in (NoneType, Withdraw, EndThread, Send, Later, Ellipsis):
            raise HandlerWrong(f"a handler cannot announce {kind}")


def _members(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (typing.Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif annotation is not None:
        yield annotation


def _is_event(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Event)
