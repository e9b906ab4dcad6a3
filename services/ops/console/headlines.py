"""One sentence for each kind of event, from its plain fields."""

from collections.abc import Callable, Mapping

from services.ops.console.wording import Body, clock, listed, short, whom, words

Headline = Callable[[Body], str]


def headline_of(topic: str, body: Body) -> str:
    """The sentence for an event; its topic in words where no sentence is known."""
    found = HEADLINES.get(topic.removesuffix(".v1"))
    return found(body) if found else words(topic.split(".")[1].replace("-", "_")).capitalize()


def _risk(body: Body) -> str:
    risk = body["risk"]
    parts = ", ".join(
        f"{words(part['kind'])} {part['level']}"
        + (f" ({part['detail']})" if part.get("detail") else "")
        for part in risk.get("components", ())
    )
    return f"{risk['level']} from {parts}" if parts else f"{risk['level']}, no component given"


def _reported(body: Body) -> str:
    flags = f"; {listed(body['flags'])}" if body.get("flags") else ""
    return f"Revision {body['revision']}: risk {_risk(body)}{flags}; {_children(body)}"


def _children(body: Body) -> str:
    count = len(body.get("children", ()))
    return {0: "no child", 1: "one child"}.get(count, f"{count} children")


def _identified(body: Body) -> str:
    match = body["match"]
    how = {"same": "known already", "new": "not known before", "review": "to be reviewed"}
    weight = f", weight {match['weight']:.1f}" if match.get("weight") is not None else ""
    maybe = body.get("possibly_same_as", ())
    doubt = f"; possibly the same as {len(maybe)} other(s)" if maybe else ""
    return f"Victim {short(body['victim_id'])} is {how[match['outcome']]}{weight}{doubt}"


def _request(body: Body) -> str:
    duty = "statutory, " if body.get("statutory") else ""
    urgency = words(body.get("urgency"))
    return f"{words(body['agency'])} wishes to contact ({duty}{urgency}): {body['status']}"


def _screened(body: Body) -> str:
    due = f", due {clock(body['due_at'])}" if body.get("due_at") else ", no clock"
    return (
        f"{body['rag']} ({body['status']}), risk {body['risk_after']}{due}; "
        f"pathways: {listed(body.get('pathways', ()))}"
    )


def _regraded(body: Body) -> str:
    before = body.get("risk_before") or "unknown"
    return f"MASH regraded {before} to {body['risk_after']}: {_screened(body)}"


def _planned(body: Body) -> str:
    when = f"; goes out {clock(body['send_at'])}" if body.get("send_at") else ""
    return (
        f"Child {body['child_ref']}: {whom(body)} will be told by {clock(body.get('due_by'))}{when}"
    )


def _sent(body: Body) -> str:
    late = ", LATE" if body.get("late") else ""
    were = "were" if len(body.get("recipient_roles", ())) > 1 else "was"
    at = clock(body.get("sent_at"))
    return f"Child {body['child_ref']}: {_everybody(body)} {were} told at {at}{late}"


def _everybody(body: Body) -> str:
    """Every role that a correction goes to, where it is said; else the one role."""
    roles = body.get("recipient_roles") or [body.get("recipient_role")]
    return " and ".join(whom({**body, "recipient_role": role}) for role in roles)


def _alert(verb: str) -> Headline:
    def sentence(body: Body) -> str:
        why = f" ({words(body['reason'])})" if body.get("reason") else ""
        return f"Child {body['child_ref']}: {verb} {_everybody(body)}{why}"

    return sentence


def _allocated(body: Body) -> str:
    return (
        f"Advocate {body['advocate_id']} ({words(body['team'])}); "
        f"first attempt by {clock(body['first_attempt_due_at'])}"
    )


def _marac(body: Body) -> str:
    return (
        f"Listed for MARAC on {clock(body.get('held_at'))} as {words(body.get('criterion'))} "
        f"(meeting {body.get('meeting_id') or 'not set'})"
    )


def _granted(body: Body) -> str:
    return (
        f"{words(body['agency'])} leads (fence {body['fence']}): first attempt by "
        f"{clock(body['first_attempt_due_at'])}, lease until {clock(body['expires_at'])}"
    )


def _covered(body: Body) -> str:
    return (
        f"{words(body['agency'])} is covered by {words(body['lead_agency'])} "
        f"until {clock(body['until'])}"
    )


def _flagged(body: Body) -> str:
    return f"{words(body['agency'])} may not be blocked: {words(body['lead_agency'])} is told"


def _attempt_due(body: Body) -> str:
    return f"Attempt {body['attempt']} by {words(body['channel'])} due {clock(body['due_at'])}"


def _attempt(body: Body) -> str:
    return f"Attempt {body['attempt']} by {words(body['channel'])}: {words(body['outcome'])}"


def _lead_ended(verb: str) -> Headline:
    def sentence(body: Body) -> str:
        after = f"; {words(body['to_agency'])} is next" if body.get("to_agency") else ""
        return f"{words(body['agency'])}'s lead {verb}: {words(body.get('reason'))}{after}"

    return sentence


def _alarm(body: Body) -> str:
    due = f", due {clock(body['due_at'])}" if body.get("due_at") else ""
    return f"Alarm to {words(body['to_role'])}: {words(body['code'])}{due}"


def _refused(body: Body) -> str:
    problems = "; ".join(f"{p['path'] or '/'}: {p['message']}" for p in body.get("problems", ()))
    # Which kind of message it was, where the speaker hears several.
    what = f" ({words(body['topic'].split('.')[1].replace('-', '_'))})" if "topic" in body else ""
    return f"Refused{what}: {problems}"


def _review(body: Body) -> str:
    return f"A human is asked whether two persons are the same, by {clock(body['due_at'])}"


HEADLINES: Mapping[str, Headline] = (
    {
        "police.incident-reported": _reported,
        "police.incident-amended": _reported,
        "police.incident-cancelled": lambda b: f"Cancelled by revision {b['revision']}",
        "police.report-refused": _refused,
        "identity.incident-identified": _identified,
        "identity.incident-withdrawn": lambda b: "Withdrawn: the police cancelled it",
        "identity.contact-request-identified": _request,
        "identity.unsafe-contact-found": lambda b: "More contact points are unsafe for her",
        "identity.review-opened": _review,
        "identity.review-decided": lambda b: f"A human decided: {words(b['decision'])}",
        "identity.persons-merged": lambda b: (
            f"{len(b['merged_ids'])} person(s) became one with her"
        ),
        "identity.persons-separated": lambda b: (
            f"{len(b['separated_ids'])} person(s) set apart again"
        ),
        "mash.incident-screened": _screened,
        "mash.risk-regraded": _regraded,
        "mash.screening-withdrawn": lambda b: "Screening withdrawn",
        "mash.screening-overdue": lambda b: f"Overdue: its clock ran out {clock(b['due_at'])}",
        "schools.alert-planned": _planned,
        "schools.alert-sent": _sent,
        "schools.alert-acknowledged": _alert("acknowledged by"),
        "schools.alert-escalated": _alert("passed on to"),
        "schools.alert-withheld": _alert("nothing goes to"),
        "schools.alert-corrected": _alert("a correction goes to"),
        "schools.pupil-disowned": lambda b: "Who read it says that the child is no pupil there",
        "idva.advocate-allocated": _allocated,
        "idva.allocation-queued": lambda b: f"Waits for an advocate: {words(b['reason'])}",
        "idva.referral-closed": lambda b: f"Advocate's work ended: {words(b['reason'])}",
        "idva.marac-listed": _marac,
        "idva.marac-delisted": lambda b: "No longer on MARAC's agenda",
        "idva.marac-backlog-breached": lambda b: (
            f"MARAC's next place is {b['weeks']:.0f} weeks away"
        ),
        "contact.lead-granted": _granted,
        "contact.details-changed": lambda b: (
            f"Safe points changed: {len(b['withdrawn'])} withdrawn"
        ),
        "contact.request-covered": _covered,
        "contact.request-flagged": _flagged,
        "contact.attempt-due": _attempt_due,
        "contact.attempt-recorded": _attempt,
        "contact.lead-handed-over": _lead_ended("was handed over"),
        "contact.lead-lapsed": _lead_ended("lapsed"),
        "contact.lead-revoked": _lead_ended("was revoked"),
        "contact.withheld": lambda b: f"Nobody is asked to contact: {words(b['code'])}",
        "contact.closed": lambda b: (
            f"Closed after {b['attempts']} attempt(s): {words(b['reason'])}"
        ),
    }
    | {
        f"{speaker}.alarm-raised": _alarm
        for speaker in ("police", "identity", "mash", "idva", "contact", "schools", "ops")
    }
    | {
        f"{speaker}.input-refused": _refused
        for speaker in ("identity", "mash", "idva", "contact", "schools")
    }
)
