"""The ids and codes that everyone shares; standard library only.

One file, long as it is, so that a code has one place where it can stand.
"""

from enum import IntEnum, StrEnum
from typing import NewType
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

IncidentId = NewType("IncidentId", UUID)
RequestId = NewType("RequestId", UUID)
PersonId = NewType("PersonId", UUID)
ChildId = NewType("ChildId", UUID)
AlertId = NewType("AlertId", UUID)
EnrolmentId = NewType("EnrolmentId", UUID)
ReviewId = NewType("ReviewId", UUID)
LeadId = NewType("LeadId", UUID)
EpisodeId = NewType("EpisodeId", UUID)
GroupId = NewType("GroupId", UUID)
"""A contact group's id: the least person id of its members."""

ONWARD = uuid5(NAMESPACE_URL, "https://onward.example")
"""The namespace of every deterministic id."""


def named(thing: str, *parts: object) -> UUID:
    """The id of a thing by what makes it one: UUIDv5 of `thing/part/...`, parts percent-encoded."""
    return uuid5(ONWARD, "/".join([thing, *(quote(str(part), safe="") for part in parts)]))


def incident_id_of(source: str, reference: str, *, other_party: bool = False) -> IncidentId:
    """The incident a report is about; a counter-allegation's second victim has her own."""
    suffix = ("other_party",) if other_party else ()
    return IncidentId(named("incident", source, reference, *suffix))


def request_id_of(source: str, reference: str) -> RequestId:
    """The wish of an agency to contact a victim."""
    return RequestId(named("request", source, reference))


def person_id_of(source: str, reference: str, role: str) -> PersonId:
    """A person by their first record; such as `victim` or `child/<ref>`."""
    return PersonId(named("person", source, reference, *role.split("/", 1)))


def child_id_of(incident_id: UUID, child_ref: str) -> ChildId:
    """A child as one incident names it: a later merge of persons changes nothing here."""
    return ChildId(named("child", incident_id, child_ref))


def alert_id_of(incident_id: UUID, child_ref: str, recipient: str) -> AlertId:
    """An alert; the recipient is a school's URN or a desk's role."""
    return AlertId(named("alert", incident_id, child_ref, recipient))


def enrolment_id_of(source: str, reference: str) -> EnrolmentId:
    """An entry of an authority's school register."""
    return EnrolmentId(named("enrolment", source, reference))


def review_id_of(one: UUID, other: UUID) -> ReviewId:
    """The question whether two persons are the same; the order of the two does not matter."""
    lesser, greater = sorted((one, other))
    return ReviewId(named("review", lesser, greater))


def lead_id_of(contact_group: UUID, fence: int) -> LeadId:
    """A lead: one grant in a contact group."""
    return LeadId(named("lead", contact_group, fence))


def episode_id_of(contact_group: UUID, fence: int) -> EpisodeId:
    """An episode, by the fence of its first lead."""
    return EpisodeId(named("episode", contact_group, fence))


class RiskLevel(StrEnum):
    """A grade of risk; compare by `rank`."""

    STANDARD = "STANDARD"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"

    @property
    def rank(self) -> int:
        """0 for STANDARD up to 2 for HIGH."""
        return ("STANDARD", "MEDIUM", "HIGH").index(self.value)


class Rag(StrEnum):
    """MASH's priority; compare by `rank`."""

    BLUE = "BLUE"
    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"

    @property
    def rank(self) -> int:
        """0 for BLUE up to 3 for RED."""
        return ("BLUE", "GREEN", "AMBER", "RED").index(self.value)


class Lane(IntEnum):
    """The order in which waiting work is taken: the lowest first."""

    URGENT = 0
    SOON = 1
    ROUTINE = 2


class Pathway(StrEnum):
    """Where a screening leads."""

    MASH_SECTION_47 = "mash_section_47"
    MASH_SECTION_17 = "mash_section_17"
    EARLY_HELP = "early_help"
    MARAC = "marac"
    IDVA = "idva"
    YPVA = "ypva"
    HOSPITAL_IDVA = "hospital_idva"
    OUTREACH = "outreach"
    VICTIM_SUPPORT = "victim_support"
    ADULT_SOCIAL_CARE = "adult_social_care"
    HEALTH = "health"
    STALKING_ADVOCATE = "stalking_advocate"
    PERPETRATOR_PROGRAMME = "perpetrator_programme"
    RECORD_ONLY = "record_only"


class Flag(StrEnum):
    """What an officer marked about an incident."""

    STRANGULATION = "strangulation"
    STALKING = "stalking"
    HONOUR_BASED = "honour_based"
    FORCED_MARRIAGE = "forced_marriage"
    WEAPON = "weapon"
    THREATS_TO_KILL = "threats_to_kill"
    SEXUAL = "sexual"
    PREGNANCY = "pregnancy"
    VICTIM_SUICIDAL = "victim_suicidal"
    PERPETRATOR_SUICIDAL = "perpetrator_suicidal"
    ONLINE = "online"
    POLICE_PERPETRATOR = "police_perpetrator"
    PROFESSIONAL_INVOLVED = "professional_involved"


class Custody(StrEnum):
    """Where the suspect is; unknown reads as at large."""

    IN_CUSTODY = "in_custody"
    BAILED = "bailed"
    AT_LARGE = "at_large"
    UNKNOWN = "unknown"


class Tool(StrEnum):
    """The risk assessment that was used."""

    POLICE_DASH_27 = "POLICE_DASH_27"
    SAFELIVES_24 = "SAFELIVES_24"
    DARA = "DARA"
    YP_DASH = "YP_DASH"
    OLDER_DASH = "OLDER_DASH"
    NONE = "NONE"


class Question(StrEnum):
    """The neutral keys of a risk assessment's questions; their texts are copyright."""

    INJURY = "injury"
    FRIGHTENED = "frightened"
    AFRAID_OF = "afraid_of"
    ISOLATED = "isolated"
    VICTIM_LOW_MOOD = "victim_low_mood"
    SEPARATION = "separation"
    CHILD_CONTACT_CONFLICT = "child_contact_conflict"
    STALKING = "stalking"
    PREGNANT_OR_BABY = "pregnant_or_baby"
    OTHER_CHILDREN_DEPENDANTS = "other_children_dependants"
    HURT_CHILDREN = "hurt_children"
    THREAT_KILL_CHILDREN = "threat_kill_children"
    MORE_OFTEN = "more_often"
    WORSE = "worse"
    CONTROL_JEALOUS = "control_jealous"
    WEAPONS = "weapons"
    THREAT_KILL = "threat_kill"
    STRANGULATION = "strangulation"
    SEXUAL = "sexual"
    OTHER_PERSON_THREAT = "other_person_threat"
    HURT_OTHERS = "hurt_others"
    ANIMAL = "animal"
    FINANCIAL = "financial"
    PERP_DRUGS_ALCOHOL_MH = "perp_drugs_alcohol_mh"
    PERP_SUICIDE = "perp_suicide"
    BREACH = "breach"
    CRIMINAL_HISTORY = "criminal_history"


class Answer(StrEnum):
    """An answer to such a question; DARA asks how often."""

    YES = "yes"
    NO = "no"
    DONT_KNOW = "dont_know"
    NEVER = "never"
    OCCASIONALLY = "occasionally"
    OFTEN = "often"
    ALWAYS = "always"


class RiskKind(StrEnum):
    """What a component of the effective risk came from."""

    TICKS = "ticks"
    OFFICER_GRADE = "officer_grade"
    PROFESSIONAL_JUDGEMENT = "professional_judgement"
    FLAG_FLOOR = "flag_floor"
    EARLIER_REVISION = "earlier_revision"


class AgeBand(StrEnum):
    """An age in whole years at the incident, in the bands that the rules ask about."""

    UNBORN = "unborn"
    UNDER_1 = "under_1"
    ONE = "1"
    TWO_TO_SIX = "2_to_6"
    SEVEN_TO_TWELVE = "7_to_12"
    THIRTEEN_TO_FIFTEEN = "13_to_15"
    SIXTEEN_TO_SEVENTEEN = "16_to_17"
    EIGHTEEN_TO_FIFTY_NINE = "18_to_59"
    SIXTY_AND_OVER = "60_and_over"
    UNKNOWN = "unknown"

    @property
    def is_child(self) -> bool:
        """Known to be under 18 (the unborn included)."""
        return self not in (
            AgeBand.EIGHTEEN_TO_FIFTY_NINE,
            AgeBand.SIXTY_AND_OVER,
            AgeBand.UNKNOWN,
        )

    @classmethod
    def of(cls, years: int | None) -> "AgeBand":
        """The band of an age in whole years; None is unknown."""
        if years is None or years < 0:
            return cls.UNKNOWN
        edges = ((1, cls.UNDER_1), (2, cls.ONE), (7, cls.TWO_TO_SIX), (13, cls.SEVEN_TO_TWELVE))
        for below, band in edges:
            if years < below:
                return band
        if years < 16:
            return cls.THIRTEEN_TO_FIFTEEN
        if years < 18:
            return cls.SIXTEEN_TO_SEVENTEEN
        return cls.EIGHTEEN_TO_FIFTY_NINE if years < 60 else cls.SIXTY_AND_OVER


class Education(StrEnum):
    """How a child is educated."""

    REGISTERED = "registered"
    EARLY_YEARS = "early_years"
    HOME_EDUCATED = "home_educated"
    NOT_IN_SCHOOL = "not_in_school"
    UNKNOWN = "unknown"


class LocationKind(StrEnum):
    """What kind of place an incident happened at."""

    HOME = "home"
    OTHER_HOME = "other_home"
    PUBLIC = "public"
    SCHOOL = "school"


class EmployerRole(StrEnum):
    """The role a party holds at a school that employs them."""

    KEY_ADULT = "key_adult"
    DEPUTY = "deputy"
    HEAD = "head"
    OTHER = "other"


class Sex(StrEnum):
    """Sex as recorded."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Consent(StrEnum):
    """Whether a victim agreed to support being offered."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"


class ReportStatus(StrEnum):
    """What the police say of an incident."""

    REPORTED = "reported"
    CANCELLED = "cancelled"


class RequestStatus(StrEnum):
    """Whether an agency still wishes to contact."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


class Urgency(StrEnum):
    """How soon a wish to contact must be met."""

    IMMEDIATE_THREAT = "immediate_threat"
    ROUTINE = "routine"


class Channel(StrEnum):
    """How a victim is contacted."""

    CALL = "call"
    TEXT = "text"
    LETTER = "letter"
    EMAIL = "email"
    IN_PERSON = "in_person"


class ContactOutcome(StrEnum):
    """What came of an attempt."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    ANSWERED_BY_OTHER = "answered_by_other"
    LEFT_NO_TRACE = "left_no_trace"
    DECLINED = "declined"
    ASKED_NO_CONTACT = "asked_no_contact"
    NUMBER_WRONG = "number_wrong"
    SENT = "sent"
    UNCERTAIN = "uncertain"


class ClosedReason(StrEnum):
    """Why an agency closed its contact."""

    ENGAGED_AND_CLOSED = "engaged_and_closed"
    NOT_ENGAGED = "not_engaged"
    DECLINED = "declined"
    MOVED = "moved"
    DECEASED = "deceased"


class ScreeningChoice(StrEnum):
    """What a MASH practitioner decided."""

    SECTION_47 = "section_47"
    SECTION_17 = "section_17"
    EARLY_HELP = "early_help"
    NO_FURTHER_ACTION = "no_further_action"
    INFORMATION_ONLY = "information_only"


class ScreeningStatus(StrEnum):
    """Whether a screening is the platform's suggestion or a practitioner's decision."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"


class IdentityChoice(StrEnum):
    """What a human decided about two persons."""

    SAME = "same"
    DIFFERENT = "different"


class MatchOutcome(StrEnum):
    """What the machine decided about a record."""

    SAME = "same"
    NEW = "new"
    REVIEW = "review"


class MaracCriterion(StrEnum):
    """Why a victim is listed at MARAC (SafeLives)."""

    VISIBLE_HIGH_RISK = "visible_high_risk"
    PROFESSIONAL_JUDGEMENT = "professional_judgement"
    ESCALATION = "escalation"
    REPEAT = "repeat"


class RecipientRole(StrEnum):
    """Who at a school or an authority an alert goes to."""

    KEY_ADULT = "key_adult"
    DEPUTY = "deputy"
    HEAD = "head"
    AUTHORITY_LEAD = "authority_lead"
    AUTHORITY_OFFICER = "authority_officer"
    EDUCATION_TEAM = "education_team"


class ContentLevel(StrEnum):
    """How much a school is told."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"


class Audience(StrEnum):
    """For whom a part is sealed; the `aud` of its protected header."""

    IDENTITY = "identity"
    MASH = "mash"
    IDVA = "idva"
    CONTACT = "contact"
    CONTACT_UNSAFE = "contact_unsafe"
    SCHOOL = "school"


class Agency(StrEnum):
    """The agency codes that rules name; others are data."""

    IDVA = "idva"
    YPVA = "ypva"
    HOSPITAL_IDVA = "hospital_idva"
    OUTREACH = "outreach"
    VICTIM_SUPPORT = "victim_support"
    HOUSING = "housing"
    HEALTH = "health"
    ADULT_SOCIAL_CARE = "adult_social_care"
    POLICE = "police"
