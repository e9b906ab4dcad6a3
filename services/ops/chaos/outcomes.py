"""What became of each report at the end: identified, screened, alerted, led; and of each mail."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.vocabulary import AgeBand
from services.ops.domain import is_alerted
from services.ops.platform.mail import KeptMail
from services.ops.replay.figures import ALERTS, SCREENED
from services.ops.replay.invariants import CANCELLED, POLICE, Broken
from services.ops.replay.leads import double_leads
from services.ops.replay.said import Everything, Said

IDENTIFIED = ("identity.incident-identified.v1", "identity.incident-withdrawn.v1")
WITHDRAWN = "mash.screening-withdrawn.v1"
REQUESTS = ("identity.contact-request-identified.v1",)
CONTACT = (
    "contact.lead-granted.v1",
    "contact.request-covered.v1",
    "contact.request-flagged.v1",
    "contact.withheld.v1",
    "contact.closed.v1",
)


@dataclass(frozen=True)
class Mails:
    """What schools, agencies and desks were sent."""

    sent: int
    twice: int
    """Second copies of a mail, all with the reference and Message-ID of the first."""
    broken: tuple[Broken, ...]


def unfinished(once: Everything) -> Iterator[Broken]:
    """Reports and wishes that did not come to their end."""
    identified = once.latest(IDENTIFIED, "incident_id")
    screened = once.latest((*SCREENED, WITHDRAWN), "incident_id")
    for incident, reported in once.latest(POLICE, "incident_id").items():
        known = identified.get(incident)
        if reported.topic == CANCELLED:
            if known is not None and known.topic == IDENTIFIED[0]:
                yield Broken("lost", f"incident {incident}: its cancellation was not heard")
        elif known is None or known.data["revision"] != reported.data["revision"]:
            yield Broken("lost", f"incident {incident}: not identified as last reported")
        elif not _is_of(screened.get(incident), known):
            yield Broken("lost", f"incident {incident}: not screened as last identified")
    yield from _not_alerted(once, identified.values())
    yield from _not_led(once, screened.values())


def _is_of(screened: Said | None, identified: Said) -> bool:
    revision = identified.data["revision"]
    if screened is None or screened.topic == WITHDRAWN:
        return False
    return bool(screened.data.get("revision", revision) == revision)


def _not_alerted(once: Everything, identified: Collection[Said]) -> Iterator[Broken]:
    told = {(event.data["incident_id"], event.data["child_ref"]) for event in once.on(*ALERTS)}
    for event in identified:
        incident = event.data["incident_id"]
        for child in event.data.get("children", ()):
            pupil = is_alerted(AgeBand(child["age_band"]), child.get("unborn"))
            if pupil and (incident, child["child_ref"]) not in told:
                yield Broken("lost", f"incident {incident}: no alert for {child['child_ref']}")


def _not_led(once: Everything, screened: Collection[Said]) -> Iterator[Broken]:
    answered = {wish for event in once.on(*CONTACT) for wish in _wishes(event)}
    for event in screened:
        incident = event.data["incident_id"]
        # A cancellation may come first: then nobody was ever asked.
        wanted = event.topic != WITHDRAWN and event.data.get("contact_wanted_by")
        if wanted and incident not in answered:
            yield Broken("lost", f"incident {incident}: nobody leads, and nobody was told why")
    for request, event in once.latest(REQUESTS, "request_id").items():
        if event.data["status"] == "open" and request not in answered:
            yield Broken("lost", f"request {request}: without an answer")


def _wishes(event: Said) -> list[Any]:
    single = [event.data.get("incident_id"), event.data.get("request_id")]
    several = [*event.data.get("incident_ids", ()), *event.data.get("request_ids", ())]
    return [wish for wish in (*single, *several) if wish]


def two_leads(once: Everything) -> list[Broken]:
    """Leads that stood side by side."""
    pairs = double_leads(once)
    return [Broken("two leads at once", f"{one.lead_id} and {two.lead_id}") for one, two in pairs]


def mails_of(mails: Sequence[KeptMail], intended: Mapping[str, bool]) -> Mails:
    """Count second copies; `intended` says of each Message-ID whether it was noted as sent."""
    copies = Counter(mail.headers["Message-ID"] for mail in mails)
    broken = [
        Broken("lost", f"{message}: noted as sent, and nobody has it")
        for message, sent in intended.items()
        if sent and message not in copies
    ]
    broken += [
        Broken("mailed unasked", f"{message}: no service meant to send it")
        for message in copies
        if message not in intended
    ]
    twice = sum(count - 1 for count in copies.values())
    return Mails(len(mails), twice, tuple(broken))
