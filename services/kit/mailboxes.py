"""Where a mail made out to `<name>@<area>.invalid` really goes: the `[mailboxes]` of area files."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from contracts.vocabulary import RecipientRole

ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
APART = frozenset(' <>,;"()[]\\')
"""What separates or wraps addresses in a header, and is in none that we would write to."""
NO_AREA = ("platform", "unknown")
"""What stands for an area where something concerns the machines, or where none is known."""
BY_MAIL_ALONE = frozenset(RecipientRole)
"""They are told of children: their names take an address and no webhook."""


def made_up(name: str, area: str) -> str:
    """The address that stands for an agency, a role or a desk of an area."""
    return f"{name}@{area}.invalid"


def is_webhook(place: str) -> bool:
    """Whether a mailbox is called rather than written to."""
    return "://" in place


def fault_of(name: str, place: Any) -> str | None:
    """What is wrong with an entry, or None."""
    if not isinstance(place, str):
        return "must be an e-mail address or an https:// URL"
    if not is_webhook(place):
        return None if _is_address(place) else "is no e-mail address and no https:// URL"
    if name in BY_MAIL_ALONE:
        return "is told of children by mail: give an e-mail address"
    return None if _is_url(place) else "must be an https:// URL (http:// on this machine alone)"


def mailboxes_of(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """By made-up address, from the `[mailboxes]` by area.

    What is no area's goes to whoever bears that name in the first area that names them.
    """
    found: dict[str, str] = {}
    for area, table in tables.items():
        for name, place in table.items():
            found[made_up(name, area)] = place
            for nobodys in NO_AREA:
                found.setdefault(made_up(name, nobodys), place)
    return found


def _is_address(place: str) -> bool:
    return ADDRESS.fullmatch(place) is not None and place.count("@") == 1 and not APART & {*place}


def _is_url(place: str) -> bool:
    try:
        url = urlsplit(place)
        host, _ = url.hostname, url.port
    except ValueError:
        return False
    if not host or not place.isascii() or " " in place:
        return False
    return url.scheme == "https" or (url.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
