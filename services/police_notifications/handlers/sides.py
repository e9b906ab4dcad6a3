"""The one or two incidents that a report tells of, each as its own victim's side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.partner import Child, IncidentReport, Person, Suspect, Victim
from contracts.vocabulary import Custody, IncidentId, Question, incident_id_of
from services.police_notifications.domain.risk import Assessed
from services.police_notifications.handlers.codes import codes_in

SomePerson = Person | None
IDENTIFYING = (
    *("given_names", "family_name", "previous_family_names", "known_as", "date_of_birth"),
    *("nhs_number", "phones", "emails"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """An incident as its victim's side of a report; in a counter-allegation there are two."""

    report: IncidentReport
    other_party: bool
    victim: Victim
    victim_role: str
    suspect: Suspect | None
    suspect_role: str | None
    children: tuple[Child, ...] = ()

    @property
    def incident_id(self) -> IncidentId:
        """The incident's id."""
        return incident_id_of(
            self.report.source, self.report.reference, other_party=self.other_party
        )

    @property
    def assessed(self) -> Assessed:
        """What bears on risk; flags and answers were about the first victim alone."""
        risk = self.report.risk
        if self.other_party:
            return Assessed()
        if risk is None:
            return Assessed(flags=self.report.flags)
        judgement = risk.professional_judgement
        return Assessed(
            tool=risk.tool,
            answers=risk.answers,
            officer_grade=risk.officer_grade,
            professional_judgement=judgement.level if judgement else None,
            flags=self.report.flags,
        )

    @property
    def threatens_children(self) -> bool:
        """Whether a threat to kill the children was answered with yes."""
        return self.assessed.said_yes(Question.THREAT_KILL_CHILDREN)

    @property
    def custody(self) -> Custody:
        """Where the suspect is; what was said was about the first victim's suspect."""
        suspect = self.report.suspect
        if self.other_party or suspect is None or suspect.custody is None:
            return Custody.UNKNOWN
        return suspect.custody

    @property
    def lead_agency_engaged(self) -> str | None:
        """An agency that works with the victim already, if the sender knows one."""
        named = None if self.other_party else self.report.lead_agency_engaged
        return next(iter(codes_in(named)), None)

    def others_than(self, person: Person) -> list[Person]:
        """Everybody of the report but one child, or but the victim; the other party is one."""
        report = self.report
        parties = [report.victim, report.suspect, report.other_party]
        if person is self.victim:
            parties = parties[:1] if self.other_party else parties[1:]
        everybody = [one for one in (*parties, *report.children) if one is not None]
        return [one for one in everybody if one is not person]

    @property
    def suspect_known(self) -> bool:
        """Somebody is named or described as suspect."""
        return self.suspect is not None and is_known(self.suspect)


def is_known(suspect: Suspect) -> bool:
    """Whether a suspect is somebody, and not one whom nobody could or would name."""
    return is_somebody(suspect) and not suspect.anonymous


def sides_of(report: IncidentReport) -> tuple[Side, ...]:
    """The first victim's side and, in a counter-allegation, the second's.

    `other_party` is the suspect as a victim: what one block lacks the other may say.
    """
    victim = report.victim or Victim()
    if not is_counter_allegation(report):
        suspect = report.suspect
        return (_first(report, victim, suspect, "suspect" if suspect else None),)
    party = _filled(report.other_party or Victim(), report.suspect)
    suspect = _filled(report.suspect or Suspect(), report.other_party)
    role = "suspect" if report.suspect else "other_party"
    accused = _filled(Suspect(), victim)
    second = Side(report, True, party, "other_party", accused, "victim")
    return (_first(report, victim, suspect, role), second)


def is_counter_allegation(report: IncidentReport) -> bool:
    """Whether a second victim can be told from nobody."""
    if report.other_party is None:
        return False
    return is_somebody(report.other_party) or is_somebody(report.suspect)


def is_somebody(person: SomePerson) -> bool:
    """Whether a person can be told from nobody: an address or a number alone is enough."""
    if person is None:
        return False
    if any(getattr(person, name) for name in IDENTIFYING):
        return True
    addresses = [person.address, *person.previous_addresses]
    if any(address and (address.lines or address.postcode) for address in addresses):
        return True
    safe = person.safe_contact if isinstance(person, Victim) else None
    return safe is not None and bool(safe.numbers)


def _first(
    report: IncidentReport, victim: Victim, suspect: Suspect | None, role: str | None
) -> Side:
    return Side(report, False, victim, "victim", suspect, role, report.children)


def _filled(person: Any, other: SomePerson) -> Any:
    if other is None:
        return person
    lacking: Mapping[str, Any] = {
        name: getattr(other, name)
        for name in Person.model_fields
        if not getattr(person, name) and getattr(other, name)
    }
    return person.model_copy(update=lacking)
