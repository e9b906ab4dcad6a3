"""Which ways to reach the victim her report says are safe, and which it makes unsafe."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from contracts.partner import Address, IncidentReport, Person, SafeContact, Victim
from contracts.sealed import SafePoint, UnsafePoint
from services.kit.fingerprints import address_value, normal_phone, normalised
from services.police_notifications.domain.reports import Unsafe
from services.police_notifications.handlers.sides import Side, sides_of

Point = tuple[str, str]


def safe_points(victim: Victim, unsafe: Iterable[Unsafe]) -> tuple[SafePoint, ...]:
    """The points said safe, less any still unsafe: without `safe_contact` none is safe."""
    if victim.safe_contact is None:
        return ()
    stands = still_unsafe(victim, unsafe)
    return tuple(
        point
        for point in _said_safe(victim, victim.safe_contact)
        if not stands.get((point.kind, normalised(point.kind, point.value)))
    )


def still_unsafe(victim: Victim, unsafe: Iterable[Unsafe]) -> dict[Point, bool]:
    """Each unsafe point as compared, and whether it is so still: not verified safe later."""
    verified_at = victim.safe_contact.verified_at if victim.safe_contact else None
    found: dict[Point, bool] = {}
    for one in unsafe:
        point = one.kind, normalised(one.kind, one.value)
        stands = verified_at is None or verified_at <= one.since
        found[point] = stands or found.get(point, False)
    return found


def unsafe_points(unsafe: Iterable[Unsafe]) -> tuple[UnsafePoint, ...]:
    """Points said unsafe, as they are sealed: the kit leaves only their fingerprints."""
    return tuple(
        UnsafePoint.model_validate({"kind": one.kind, "value": one.value, "since": one.since})
        for one in unsafe
    )


def warnings_of(side: Side, at: datetime) -> list[Unsafe]:
    """What this revision makes unsafe for the victim: said so, shared, or the suspect's own."""
    points = dict.fromkeys((*_said_unsafe(side.victim), *_of_suspect(side.suspect)))
    return [Unsafe(kind, value, at) for kind, value in points]


def late_warnings(report: IncidentReport, made_by: datetime) -> list[Unsafe]:
    """What a late lower revision makes unsafe: its numbers, since it was made at the latest.

    What was verified safe after that stays safe, however late the revision came.
    """
    said = [unsafe for side in sides_of(report)[:1] for unsafe in warnings_of(side, made_by)]
    return [unsafe for unsafe in said if unsafe.kind == "phone"]


def _said_safe(victim: Victim, safe: SafeContact) -> Iterator[SafePoint]:
    for number in safe.numbers:
        mobile = is_mobile(number)
        channels = ("call", "text") if safe.sms_ok and mobile else ("call",)
        yield SafePoint(
            kind="phone",
            channels=channels,
            value=number,
            voicemail_ok=safe.voicemail_ok,
            mobile=mobile,
            shared=not mobile,
        )
    for email in victim.emails if safe.email_ok else ():
        yield SafePoint(kind="email", channels=("email",), value=email)
    if safe.letter_ok and (letter := _written(victim.address)):
        yield SafePoint(kind="address", channels=("letter",), value=letter)


def is_mobile(number: str) -> bool:
    """A personal number of the United Kingdom: not a landline, pager or forwarding number."""
    normal = normal_phone(number)
    return normal.startswith("+447") and not normal.startswith(("+4470", "+4476"))


def _said_unsafe(victim: Victim) -> Iterator[Point]:
    safe = victim.safe_contact
    for number in safe.unsafe_numbers if safe else ():
        yield "phone", number
    for phone in victim.phones:
        if phone.shared_with_suspect:
            yield "phone", phone.number


def _of_suspect(suspect: Person | None) -> Iterator[Point]:
    if suspect is None:
        return
    for phone in suspect.phones:
        yield "phone", phone.number
    for email in suspect.emails:
        yield "email", email
    for address in (suspect.address, *suspect.previous_addresses):
        if written := _written(address):
            yield "address", written


def _written(address: Address | None) -> str:
    return address_value(address.lines, address.postcode) if address else ""
