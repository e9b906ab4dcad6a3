"""Need to know: no plain word of a report in any topic but partners', nor in a mail to a desk."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.checking.dump import Letter, Said
from tests.journeys.checking.forms import is_filler
from tests.journeys.checking.inputs import Report
from tests.journeys.checking.world import World

AUDIENCES = ("identity", "mash", "idva", "contact", "contact_unsafe", "school")
JWE = re.compile(r"^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$")
SHORTEST = 3
WORDS_TOO = {"Jan", "April", "May", "June", "August", "Mon", "Sun", "High"}
"""Names, or slips of the pen in names, that a date or a reason may hold as a word."""
RUN_OF_DIGITS = re.compile(r"(?:\d[ ]?){5,}")
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
SCHOOL_STEPS = ("first", "deputy", "head", "authority_lead", "correction")


@dataclass
class Words:
    """What a report holds that nobody may read elsewhere."""

    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def found_in(self, text: str) -> Iterator[str]:
        """Kinds and lengths of what a text gives away; never the word itself."""
        words = set(re.findall(r"[\w'-]+", text))
        for name in self.names - WORDS_TOO:
            if set(re.findall(r"[\w'-]+", name)) <= words and name in text:
                yield f"a name of {len(name)} letters"
        digits = re.sub(r"\D", "", text)
        for number in self.numbers:
            if number in digits:
                yield "a number"
        for line in self.texts:
            if line in text:
                yield f"a text of {len(line)} letters"


def check(world: World) -> Iterator[str]:
    """Everything about privacy."""
    yield from topics(world)
    yield from sealed(world)
    yield from letters(world)


def topics(world: World) -> Iterator[str]:
    """No name, number, address or narrative in a topic of ours."""
    everything = Words()
    for sent in world.inputs.sent:
        for person in _persons(sent.data):
            _add(everything, person)
        _add_texts(everything, sent.data)
    for event in world.dump.all():
        if event.speaker == "partner":
            continue
        texts = list(_plain(event.data))
        for text in [*texts, event.subject, event.key]:
            for fault in everything_in(everything, text):
                yield f"{event}: {fault}"


def everything_in(words: Words, text: str) -> Iterator[str]:
    """What a plain field gives away; ids, times and codes hold no letters of a name."""
    if re.fullmatch(r"[0-9a-f-]{36}|[\d:TZ.+-]+|[a-z_0-9]+", text):
        return
    yield from words.found_in(text)


def _plain(value: Any, name: str = "") -> Iterator[str]:
    if name == "sealed":
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _plain(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _plain(one, name)


def sealed(world: World) -> Iterator[str]:
    """A sealed part is a JWE whose header names audience, incident or request, revision, child."""
    for event in world.dump.all():
        parts = event.data.get("sealed") if isinstance(event.data, dict) else None
        if event.speaker == "partner" or not parts:
            continue
        flat = {name: (part, None) for name, part in parts.items() if name != "schools" and part}
        schools = {
            f"school/{ref}": (part, ref) for ref, part in (parts.get("schools") or {}).items()
        }
        for name, (part, ref) in {**flat, **schools}.items():
            yield from (f"{event}: {fault}" for fault in _part(event, name, part, ref))


def _part(event: Said, name: str, part: str, ref: str | None) -> Iterator[str]:
    if not isinstance(part, str) or not JWE.match(part):
        yield f"the part for {name} is not sealed"
        return
    text = part.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    audience = name.partition("/")[0]
    if (header.get("alg"), header.get("enc"), header.get("aud")) != ("dir", "A256GCM", audience):
        yield f"the part for {name} is sealed for {header.get('aud')}"
    if not header.get("kid") or header.get("child") != ref:
        yield f"the part for {name} names key {header.get('kid')}, child {header.get('child')}"
    data = event.data
    for field_, own in (("incident", "incident_id"), ("request", "request_id")):
        if header.get(field_) and header[field_] != data.get(own):
            yield f"the part for {name} is of another {field_}"
    if header.get("revision") and header["revision"] != data.get("revision"):
        yield f"the part for {name} is of revision {header['revision']}"


def letters(world: World) -> Iterator[str]:
    """A notice holds nothing personal; a school's mail only its own child, and no number."""
    everything = Words()
    for report in world.inputs.reports.values():
        everything = _words(report, everything)
    alerts = world.dump.by("schools.alert-planned", "schools.alert-sent", field="alert_id")
    for letter in world.dump.letters:
        if letter.step in SCHOOL_STEPS and any(one in alerts for one in letter.references):
            yield from _school_letter(world, letter, alerts)
            continue
        for fault in everything.found_in(letter.whole):
            yield f"mail {letter.file}: a notice holds {fault}"


def _school_letter(world: World, letter: Letter, alerts: dict[str, list[Said]]) -> Iterator[str]:
    datas = [alerts[one][0].data for one in letter.references if one in alerts]
    incidents = {data["incident_id"] for data in datas}
    mine: set[str] = set()
    for data in datas:
        report = world.inputs.by_incident[data["incident_id"]]
        mine |= _own_names(report, data["child_ref"], data["incident_id"])
    for incident_id in incidents:
        words = _words(world.inputs.by_incident[incident_id], Words())
        words.names -= mine
        for fault in words.found_in(_without(letter.whole, mine)):
            yield f"mail {letter.file}: a school's mail holds {fault}"
        subject = Words(names=mine)
        for fault in subject.found_in(letter.subject):
            yield f"mail {letter.file}: the subject holds {fault}"
    if POSTCODE.search(letter.text) or _foreign_mail(letter):
        yield f"mail {letter.file}: a postcode or an e-mail address"


def _without(text: str, names: set[str]) -> str:
    """A text less the child's own names, of which another's may be a part."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


def _foreign_mail(letter: Letter) -> bool:
    found = EMAIL.findall(letter.text)
    return any(not address.endswith((".invalid", ".example")) for address in found)


def _own_names(report: Report, ref: str, incident_id: str) -> set[str]:
    found: set[str] = set()
    for sent in report.kept:
        role = "other_party" if incident_id == report.other_id else "victim"
        persons = [sent.data.get(role) or {}] if ref == "victim" else []
        for place, child in enumerate(sent.data.get("children") or (), 1):
            if ref in (child.get("ref"), str(place)):
                persons.append(child)
        for person in persons:
            found |= set(_names(person))
    return found


def _words(report: Report, words: Words) -> Words:
    for sent in report.kept:
        for person in _persons(sent.data):
            _add(words, person)
        circumstances = sent.data.get("circumstances")
        words.texts |= {circumstances} if circumstances else set()
    return words


def _persons(data: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(data, dict):
        return
    people = [data.get(role) for role in ("victim", "suspect", "other_party", "child")]
    for group in ("children", "conflicts"):
        listed = data.get(group)
        people += listed if isinstance(listed, list) else []
    yield from (person for person in people if isinstance(person, dict))


def _names(person: dict[str, Any]) -> Iterator[str]:
    given = person.get("given_names")
    names = [person.get("family_name"), given, *person.get("previous_family_names", ())]
    names += person.get("known_as", ())
    for name in names:
        if isinstance(name, str) and len(name) >= SHORTEST and not is_filler(name):
            yield name


def _add(words: Words, person: dict[str, Any]) -> None:
    words.names |= set(_names(person))
    safe = person.get("safe_contact") or {}
    numbers = [phone.get("number") for phone in person.get("phones", ())]
    numbers += [*safe.get("numbers", ()), *safe.get("unsafe_numbers", ()), person.get("nhs_number")]
    words.numbers |= {re.sub(r"\D", "", one) for one in numbers if isinstance(one, str) and one}
    words.numbers = {one for one in words.numbers if len(one) >= 8}
    addresses = [person.get("address"), *person.get("previous_addresses", ())]
    for address in filter(None, addresses):
        words.texts |= {line for line in address.get("lines", ()) if len(line) > 5}
        words.texts |= {address["postcode"]} if address.get("postcode") else set()
    words.texts |= set(person.get("emails", ()))


def _add_texts(words: Words, data: Any) -> None:
    if not isinstance(data, dict):
        return
    for name in ("circumstances", "school_summary", "action_taken"):
        if isinstance(data.get(name), str) and len(data[name]) > 8:
            words.texts.add(data[name])
    for child in data.get("children") or () if isinstance(data.get("children"), list) else ():
        if isinstance(child.get("voice"), str):
            words.texts.add(child["voice"])


def names_in(people: Iterable[dict[str, Any]]) -> set[str]:
    """Every name of these people."""
    return {name for person in people for name in _names(person)}
