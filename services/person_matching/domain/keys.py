"""Blocking keys: 64-bit hashes under which two records of one person meet."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from services.person_matching.domain.features import Features
from services.person_matching.domain.spelling import sound, spelling
from services.person_matching.domain.variants import stems

GENERIC = 200
"""Persons that a key may lead to; one shared by more tells nobody apart and is skipped."""
SALT = b"onward/person_matching/1"


@lru_cache(maxsize=8192)
def hashed(kind: str, *parts: str) -> int:
    """A key as a signed 64-bit number: the column holds nothing that can be read."""
    text = "\x1f".join((kind, *parts)).encode()
    return int.from_bytes(blake2b(text, digest_size=8, key=SALT).digest(), "big", signed=True)


@lru_cache(maxsize=1024)
def keys_of(features: Features) -> frozenset[int]:
    """Every key of a record."""
    found = {
        *_of_numbers(features),
        *_of_birth(features),
        *_of_home(features),
    }
    return frozenset(found)


def contact_keys(features: Features) -> frozenset[int]:
    """The keys by which one contact is known to be given by several persons."""
    phones = (hashed("phone", number) for number in features.mobiles | features.landlines)
    return frozenset([*phones, *(hashed("email", address) for address in features.emails)])


def place_keys(features: Features) -> frozenset[int]:
    """One key per address, by postcode and number, else by its first line."""
    found: set[int] = set()
    for where in features.places:
        if where.postcode and where.number:
            found.add(hashed("home", where.postcode, where.number))
        elif where.line:
            found.add(hashed("home", where.postcode or "", where.line))
    return frozenset(found)


def _of_numbers(features: Features) -> Iterator[int]:
    if features.nhs:
        yield hashed("nhs", features.nhs)
    yield from contact_keys(features)


def _of_birth(features: Features) -> Iterator[int]:
    birth = features.birth
    calls = _calls(features)
    families = features.surnames
    for call in calls:
        for family in families:
            yield hashed("name", *sorted((sound(call), sound(family))))
            yield hashed("spelt", *sorted((spelling(call), spelling(family))))
    if features.joined and features.surname:
        yield hashed("turned", *sorted((spelling(features.joined), spelling(features.surname))))
    if not birth:
        return
    year, month, day = birth[:4], birth[4:6], birth[6:]
    yield hashed("birth", birth)
    yield hashed("turned birth", year, *sorted((month, day)))
    for call in calls:
        yield hashed("call day", sound(call), month, day)
        yield from (hashed("stem month", stem, year, month) for stem in stems(call))
    for family in families:
        yield hashed("family day", sound(family), month, day)
        yield from (hashed("decade", call[0], sound(family), year[:3]) for call in calls)


def _of_home(features: Features) -> Iterator[int]:
    initials = {call[0] for call in _calls(features)}
    sounds = {sound(family) for family in features.surnames}
    for where in features.places:
        if where.postcode:
            if where.number:
                yield hashed("house", where.postcode, where.number)
            yield from (hashed("initial postcode", one, where.postcode) for one in initials)
            yield from (hashed("family postcode", one, where.postcode) for one in sounds)
        if where.line:
            yield from (hashed("initial line", one, where.line) for one in initials)
            yield from (hashed("family line", one, where.line) for one in sounds)


def _calls(features: Features) -> list[str]:
    own = [features.call] if features.call else []
    if features.prefix and features.call != features.prefix:
        own.append(features.prefix)
    return [*own, *sorted(features.aka)]
