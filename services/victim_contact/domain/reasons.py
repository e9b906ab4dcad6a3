"""The words in which contact is decided: a code for machines, a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Why:
    """A reason; nothing personal."""

    code: str
    sentence: str


class Withholding(StrEnum):
    """Why nobody is asked to contact."""

    CHILD_ONLY = "child_only"
    IDENTITY_CLASH = "identity_clash"
    ASKED_NO_CONTACT = "asked_no_contact"
    NO_SAFE_WAY = "no_safe_way"


class Ending(StrEnum):
    """Why a lead ended before its contact was closed."""

    NO_ATTEMPT = "no_attempt"
    RAISED_TO_HIGH = "raised_to_high"
    MARAC_LISTED = "marac_listed"
    NOTHING_LEFT = "nothing_left"
    GROUPS_JOINED = "groups_joined"
    CHILD_ONLY = "child_only"
    IDENTITY_CLASH = "identity_clash"
    ASKED_NO_CONTACT = "asked_no_contact"
    NO_SAFE_WAY = "no_safe_way"


WITHHELD = {
    Withholding.CHILD_ONLY: "The victim is under 16: child safeguarding only, no adult lead.",
    Withholding.IDENTITY_CLASH: "Somebody who may be this victim is the suspect of an incident "
    "in the group; a human must decide who is who.",
    Withholding.ASKED_NO_CONTACT: "She asked for no contact; a new incident opens the offer again.",
    Withholding.NO_SAFE_WAY: "No way to reach her was said safe; ask the referrer for one.",
}
ENDED = {
    Ending.NO_ATTEMPT: "No attempt was recorded by the time the lease ran out.",
    Ending.RAISED_TO_HIGH: "The risk is HIGH: the contact is the IDVA service's.",
    Ending.MARAC_LISTED: "The victim is listed at MARAC: the contact is the IDVA service's.",
    Ending.NOTHING_LEFT: "What the lead was granted for was cancelled or withdrawn.",
    Ending.GROUPS_JOINED: "The victim may be somebody whom another lead contacts already.",
    **{Ending(code.value): sentence for code, sentence in WITHHELD.items()},
}
NOT_ENGAGED = "not_engaged"
CLOSED = {
    "engaged_and_closed": "She was in contact, and the contact is over.",
    NOT_ENGAGED: "Everything that was safe was tried, and she did not engage.",
    "declined": "She declined.",
    "moved": "She moved away.",
    "deceased": "She died.",
}
"""Why an episode closed."""

STAYS = Why(
    "stays_until_outcome",
    "Three leases lapsed without an outcome: this lead stays, with an open alarm.",
)
LAPSED = Why("lead_lapsed", "A lead made no attempt in time.")
OVERDUE = Why("attempt_overdue", "A lead made no attempt in time, and goes on.")
REVIEW = Why("contact_review", "A contact has gone on for long without being closed.")
UNCERTAIN = Why("outcome_uncertain", "Whether the victim was reached is uncertain: find out.")
DUE_NOW = Why(
    "contact_due_now",
    "The victim was thought to be another person and has had no contact: she is due now.",
)
UNRESOLVED = Why("contact_withheld", "Nobody may contact the victim, and no way was found in time.")
UNTOLD = Why(
    "notice_not_accepted",
    "What an agency had to be told was not accepted by its mailbox: tell it by telephone.",
)
CLASH = Why("identity_clash", WITHHELD[Withholding.IDENTITY_CLASH])
NO_POINT_LEFT = Why("no_safe_way", "The worker in contact has no safe way left: ask for one.")
DUE_BY_CLOCK = Why("due_by_clock", "The first attempt is due by the clock of the gravest incident.")
DUE_BY_WINDOW = Why(
    "due_by_window", "The first attempt is due by the end of the first window said safe."
)
CHANGED = Why("details_changed", "What is known of her safe ways changed.")
COVERED = Why("covered", "One agency at a time contacts her; the wish is kept with the lead.")
JOINED = Why("joined", "The agency leads already; this joins what it leads for.")
FLAGGED = Why("not_blocked", "A statutory duty or an immediate threat to life is not blocked.")
KEPT = Why("engaged_worker_kept", "A worker is engaged with her and keeps the contact.")
NO_ROOM = "{} would come first, but has no room or does not work with that grade of risk."
RANKS = (
    Why("engaged", "The agency is engaged with her already."),
    Why("ypva_16_17", "She is 16 or 17: one named worker, the YPVA."),
    Why("idva_high", "The risk is HIGH or she is listed at MARAC: the IDVA service leads."),
    Why("known_engaged", "The police know the agency as engaged with her."),
    Why("in_hospital", "She is in hospital: the hospital IDVA leads."),
    Why("outreach", "Outreach comes before Victim Support."),
    Why("victim_support", "Victim Support comes before agencies outside the order."),
    Why("by_time", "Outside the order, whoever asked first leads."),
)
"""Why an agency leads, in the order in which agencies are preferred (domain.md 6.2)."""
