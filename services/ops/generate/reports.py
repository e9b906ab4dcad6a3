"""A police report of an incident in a household, as the officer's form has it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.ops.generate.forms import Form, Writer
from services.ops.generate.people import Household, Human
from services.ops.generate.risk import Assessment, assess
from services.ops.generate.schools import School, school_for

POLICE = "south-yorkshire-police"
WINDOWS = (
    {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:30", "to": "14:30"},
    {"days": ["sat", "sun"], "from": "10:00", "to": "17:00"},
    {"days": ["mon", "wed", "fri"], "from": "12:00", "to": "20:00"},
)
VOICES = (
    "Said the shouting was loud and hid upstairs.",
    "Asked whether mum was all right.",
    "Would not talk, held on to a toy.",
    "Said it happens a lot at weekends.",
)
SUMMARIES = (
    "Police attended an argument at home. Nobody needed hospital.",
    "Police were called to the home in the evening.",
    "Police spoke with both parties; one left the house.",
)
ACTIONS = ("One adult was arrested.", "Safety advice was given.", "A safety plan was agreed.")


@dataclass(frozen=True)
class Incident:
    """What happened and to whom, before anybody writes it down."""

    reference: str
    home: Household
    suspect: Human | None
    reported_at: datetime
    occurred_at: datetime
    assessment: Assessment
    counter: bool = False
    """Each accuses the other."""


@dataclass(frozen=True)
class Desk:
    """Where reports are written: chance, the writer, and the register of schools."""

    chance: Random
    writer: Writer
    schools: tuple[School, ...]

    def careless(self, errors: float) -> "Desk":
        """The same desk with a writer who slips more often."""
        return replace(self, writer=replace(self.writer, errors=errors))

    def incident(self, reference: str, home: Household, at: datetime) -> Incident:
        """A new incident in a household, with the usual suspect, another, or nobody named."""
        suspect: Human | None = home.suspect
        if home.others and self.chance.random() < 0.3:
            suspect = home.others[0]
        if self.chance.random() < 0.05:
            suspect = None
        occurred = at - timedelta(minutes=self.chance.randint(15, 400))
        counter = suspect is not None and self.chance.random() < 0.03
        return Incident(reference, home, suspect, at, occurred, assess(self.chance, at), counter)

    def report(self, incident: Incident, revision: int = 1) -> Form:
        """The report of an incident; another revision of it is written anew."""
        home, chance = incident.home, self.chance
        form: Form = {
            "source": POLICE,
            "reference": incident.reference,
            "revision": revision,
            "status": "reported",
            "occurred_at": incident.occurred_at.isoformat(),
            "reported_at": incident.reported_at.isoformat(),
            "area": home.area,
            "location": self._location(home),
            "circumstances": self._circumstances(incident),
            "school_summary": chance.choice(SUMMARIES),
            "action_taken": chance.choice(ACTIONS),
            "flags": incident.assessment.flags,
            "risk": incident.assessment.risk,
            "victim": self.victim(home, incident.reported_at),
            "suspect": self.suspect(incident),
            "children": [
                self.child(home, place, incident) for place in range(1, len(home.children) + 1)
            ],
        }
        if incident.counter and incident.suspect:
            form["other_party"] = self._other_party(incident.suspect, home)
        if chance.random() < 0.03:
            form["lead_agency_engaged"] = chance.choice(("outreach", "housing"))
        return form

    def victim(self, home: Household, at: datetime) -> Form:
        """The victim with what was said about safe contact."""
        victim, chance = home.victim, self.chance
        form = self.writer.at_home(victim, home)
        if chance.random() < 0.85 and (victim.mobile or victim.email):
            form["safe_contact"] = self._safe_contact(victim)
        if chance.random() < 0.6:
            form["consent"] = {"given": chance.random() < 0.85}
        if chance.random() < 0.03:
            form["in_hospital"] = True
        if victim.age_on(at.date()) > 70 and chance.random() < 0.4:
            form["care_needs"] = True
        if victim.origin not in ("british", "african") and chance.random() < 0.3:
            form["interpreter_language"] = chance.choice(("ur", "pl", "ar", "sk", "zh"))
        return form

    def suspect(self, incident: Incident) -> Form:
        """The suspect as far as somebody named them."""
        if incident.suspect is None:
            return {"anonymous": True}
        chance, human = self.chance, incident.suspect
        at_home = human is incident.home.suspect and chance.random() < 0.7
        form = self.writer.at_home(human, incident.home) if at_home else self.writer.person(human)
        form["relationship_to_victim"] = "partner" if at_home else "ex-partner"
        form["custody"] = chance.choices(("at_large", "in_custody", "bailed"), (60, 30, 10))[0]
        if incident.home.victim.mobile and chance.random() < 0.08:
            form.setdefault("phones", []).append({"number": incident.home.victim.mobile})
        if chance.random() < 0.04:
            form["employer_urn"] = chance.choice(self.schools).urn
            if chance.random() < 0.7:
                form["employer_role"] = chance.choice(("key_adult", "deputy", "head", "other"))
        return form

    def child(self, home: Household, place: int, incident: Incident) -> Form:
        """A child of the household; a third of the forms give the sender's own ref."""
        human, chance = home.children[place - 1], self.chance
        form = self.writer.person(human)
        if int(human.id[1:]) % 3:
            form["ref"] = f"C{human.id[1:]}"
        form["present"] = chance.random() < 0.6
        form["witnessed"] = form["present"] and chance.random() < 0.6
        form["injured"] = chance.random() < 0.02
        if chance.random() < 0.05:
            form["special_needs"] = True
        if chance.random() < 0.04:
            form["open_to_social_care"] = True
        form["voice"] = chance.choice(VOICES)
        if chance.random() < 0.05:
            form["voice"] = f"Said {home.suspect.given_names} threw a plate."
        age = human.age_on(incident.reported_at.date())
        return form | self.schooling(Random(human.id), home.area, age)

    def schooling(self, chance: Random, area: str, age: int) -> dict[str, Any]:
        """Where a child learns; the same child gives the same answer."""
        school = school_for(chance, self.schools, area, age)
        kind = chance.random()
        if age < 3 and (school is None or kind < 0.8):
            return {"education": "early_years"} if kind < 0.6 else {}
        if kind < 0.04:
            return {"education": "home_educated"} | ({"school_urn": school.urn} if school else {})
        if kind < 0.06:
            return {"education": "not_in_school"}
        if kind < 0.11:
            return {"education": "unknown"}
        if kind < 0.13:
            return {"education": "registered", "school_urn": chance.choice(("888888", "999999"))}
        if school is None:
            return {"education": "registered", "school_urn": "888888"}
        form: dict[str, Any] = {"education": "registered", "school_urn": school.urn}
        second = school_for(chance, self.schools, area, age)
        if kind > 0.98 and second and second != school:
            form["other_school_urns"] = [second.urn]
        return form

    def _location(self, home: Household) -> Form:
        kind = self.chance.choices(("home", "other_home", "public"), (75, 10, 15))[0]
        if kind == "home":
            return {"lines": list(home.lines), "postcode": home.postcode, "kind": kind}
        return {"kind": kind}

    def _circumstances(self, incident: Incident) -> str:
        victim, suspect = incident.home.victim, incident.suspect
        who = f"{suspect.given_names} {suspect.family_name}" if suspect else "An unknown person"
        return (
            f"{who} argued with {victim.given_names} {victim.family_name} at "
            f"{incident.home.lines[0]}. Officers attended; log {incident.reference}."
        )

    def _safe_contact(self, victim: Human) -> Form:
        chance = self.chance
        form: Form = {"numbers": [victim.mobile] if victim.mobile else []}
        if chance.random() < 0.5:
            form["windows"] = [chance.choice(WINDOWS)]
        for permission, share in (("sms_ok", 0.5), ("voicemail_ok", 0.2), ("letter_ok", 0.15)):
            if chance.random() < share:
                form[permission] = True
        if victim.email and chance.random() < 0.5:
            form["email_ok"] = True
        return form

    def _other_party(self, suspect: Human, home: Household) -> Form:
        form = self.writer.person(suspect)
        if suspect.mobile and self.chance.random() < 0.6:
            form["safe_contact"] = {"numbers": [suspect.mobile], "sms_ok": True}
        return form
