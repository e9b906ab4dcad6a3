"""What the one who contacts a victim may know from an agency's request: safe points alone."""

from contracts.partner import Phone, SafeContact, Victim
from contracts.sealed import ContactPart, SafePoint, UnsafePoint
from services.kit.fingerprints import address_value
from services.person_matching.domain.points import phone
from services.person_matching.domain.rows import Record


def contact_part(record: Record) -> ContactPart:
    """The contact part of a request's victim."""
    told = Victim.model_validate_json(record.given)
    safe = told.safe_contact
    return ContactPart(
        given_names=told.given_names,
        family_name=told.family_name,
        known_as=told.known_as,
        date_of_birth=told.date_of_birth,
        interpreter_language=told.interpreter_language,
        code_word_agreed=safe.code_word_agreed if safe else False,
        said_safe=safe is not None,
        points=tuple(_points(told, safe)) if safe else (),
        unsafe=tuple(_unsafe(told, record)),
        windows=safe.windows if safe else (),
        verified_at=safe.verified_at if safe else None,
    )


def _points(told: Victim, safe: SafeContact) -> list[SafePoint]:
    unsafe = {_normal(number) for number in safe.unsafe_numbers}
    unsafe |= {_normal(each.number) for each in told.phones if each.shared_with_suspect}
    found = [_number(n, safe) for n in safe.numbers if _normal(n) not in unsafe]
    if safe.email_ok:
        found += [
            SafePoint(kind="email", channels=("email",), value=address) for address in told.emails
        ]
    if safe.letter_ok and told.address:
        home = address_value(told.address.lines, told.address.postcode)
        found.append(SafePoint(kind="address", channels=("letter",), value=home))
    return found


def _number(number: str, safe: SafeContact) -> SafePoint:
    known = phone(number)
    mobile = bool(known and known[1])
    channels = ("call", "text") if safe.sms_ok and mobile else ("call",)
    return SafePoint(
        kind="phone",
        channels=channels,
        value=number,
        voicemail_ok=safe.voicemail_ok,
        mobile=mobile,
        shared=not mobile,
    )


def _unsafe(told: Victim, record: Record) -> list[UnsafePoint]:
    numbers = list(told.safe_contact.unsafe_numbers) if told.safe_contact else []
    numbers += [each.number for each in told.phones if _shared(each)]
    return [
        UnsafePoint(kind="phone", value=number, since=record.told_at)
        for number in dict.fromkeys(numbers)
    ]


def _shared(told: Phone) -> bool:
    return bool(told.shared_with_suspect)


def _normal(number: str) -> str:
    known = phone(number)
    return known[0] if known else number
