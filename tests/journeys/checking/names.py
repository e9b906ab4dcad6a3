"""Deterministic ids, made again from the words of the fine print."""

from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

_ONWARD = uuid5(NAMESPACE_URL, "https://onward.example")


def named(thing: str, *parts: object) -> str:
    """`<thing>/<part>/...`, parts percent-encoded, under Onward's namespace."""
    return str(uuid5(_ONWARD, "/".join([thing, *(quote(str(part), safe="") for part in parts)])))


def incident(source: str, reference: str, *, other: bool = False) -> str:
    """An incident; the other party's has its own."""
    return named("incident", source, reference, *(["other_party"] if other else []))


def person(source: str, reference: str, role: str) -> str:
    """A person by their first record; a child's role is two parts."""
    return named("person", source, reference, *role.split("/", 1))
