"""The plain facts of an incident: ids, codes, grades, dates and flags, nothing personal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.envelope import Reason
from contracts.partner import Child, IncidentReport, Victim
from contracts.police import ChildFacts, PartyEmployer, Risk, RiskComponent
from contracts.vocabulary import AgeBand, Consent, RiskKind
from services.police_notifications.domain.ages import band_of
from services.police_notifications.domain.children import (
    VICTIM,
    KnownChild,
    NamedChild,
    Pairing,
    pair,
    victim_as_child,
)
from services.police_notifications.domain.risk import EffectiveRisk
from services.police_notifications.handlers.codes import codes_in
from services.police_notifications.handlers.sides import Side

SENTENCES = {
    RiskKind.TICKS: "{detail} ticks make the risk {level}.",
    RiskKind.OFFICER_GRADE: "The officer graded the risk {level}.",
    RiskKind.PROFESSIONAL_JUDGEMENT: "Professional judgement makes the risk {level}.",
    RiskKind.FLAG_FLOOR: "The flag {detail} makes the risk at least {level}.",
    RiskKind.EARLIER_REVISION: "Revision {detail} made the risk {level}; only MASH may lower it.",
}
NOT_ASSESSED = Reason(code="risk_missing", sentence="Nothing was assessed; read as MEDIUM.")


def pair_children(side: Side, known: Sequence[KnownChild], at: datetime) -> Pairing:
    """Pair this revision's children with the known ones; a victim under 18 is one more."""
    named = [_named(place, child) for place, child in enumerate(side.children, 1)]
    return pair(known, named, at)


def with_victim(side: Side, pairing: Pairing, happened_at: datetime, at: datetime) -> Pairing:
    """The pairing with the victim where she is, or may be, under 18."""
    if not victim_may_be_child(side, happened_at):
        return pairing
    age_told = victim_band(side, happened_at).is_child
    schools = _schools(side.victim)
    known = victim_as_child(pairing.known, schools, at, age_told=age_told)
    return Pairing(pairing.refs, known)


def victim_may_be_child(side: Side, happened_at: datetime) -> bool:
    """Whether the victim is under 18, or the report does not say how old she is."""
    band = victim_band(side, happened_at)
    return band.is_child or band is AgeBand.UNKNOWN


def victim_band(side: Side, happened_at: datetime) -> AgeBand:
    """How old the victim is."""
    return band_of(side.victim.date_of_birth, happened_at)


def suspect_band(side: Side, happened_at: datetime) -> AgeBand:
    """How old the suspect is."""
    return band_of(side.suspect.date_of_birth if side.suspect else None, happened_at)


def children_facts(side: Side, pairing: Pairing, happened_at: datetime) -> tuple[ChildFacts, ...]:
    """The children of an incident as plain facts."""
    facts = [
        _child_facts(child, pairing.of(ref), happened_at)
        for child, ref in zip(side.children, pairing.refs, strict=True)
    ]
    band = victim_band(side, happened_at)
    if band.is_child:
        facts.append(_victim_facts(side.victim, pairing.of(VICTIM), band))
    return tuple(facts)


def victim_if_child(side: Side, pairing: Pairing, happened_at: datetime) -> ChildFacts | None:
    """A victim of unknown age as the child that she may be; others may know her birth date."""
    band = victim_band(side, happened_at)
    known = next((child for child in pairing.known if child.child_ref == VICTIM), None)
    if band is not AgeBand.UNKNOWN or known is None:
        return None
    return _victim_facts(side.victim, known, band)


def risk_of(risk: EffectiveRisk) -> Risk:
    """The effective risk as it is said."""
    components = (
        RiskComponent(kind=one.kind, level=one.level, detail=one.detail, kinds=one.kinds)
        for one in risk.components
    )
    return Risk(level=risk.level, components=tuple(components))


def reasons_of(risk: EffectiveRisk) -> tuple[Reason, ...]:
    """Why the risk is what it is."""
    if risk.is_assumed:
        return (NOT_ASSESSED,)
    return tuple(
        Reason(
            code=one.kind.value,
            sentence=SENTENCES[one.kind].format(detail=one.detail, level=one.level),
        )
        for one in risk.components
    )


def party_employers(report: IncidentReport) -> tuple[PartyEmployer, ...]:
    """Every school that employs a party, and as what."""
    parties = (report.victim, report.suspect, report.other_party)
    employed = [
        PartyEmployer(urn=urn, role=party.employer_role)
        for party in parties
        if party is not None
        for urn in codes_in(party.employer_urn)
    ]
    return tuple(dict.fromkeys(employed))


def consent_of(victim: Victim) -> Consent:
    """Whether she agreed to support; said nothing = not asked."""
    if victim.consent is None:
        return Consent.NOT_ASKED
    return Consent.GIVEN if victim.consent.given else Consent.REFUSED


def in_utc(at: datetime | None) -> datetime | None:
    """A sender's time, aware UTC."""
    return at.astimezone(UTC) if at else None


def _named(place: int, child: Child) -> NamedChild:
    return NamedChild(place, child.ref, child.given_names, child.date_of_birth, _schools(child))


def _schools(child: Child | Victim) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes_in(child.school_urn, *child.other_school_urns)))


def _child_facts(child: Child, known: KnownChild, happened_at: datetime) -> ChildFacts:
    return ChildFacts(
        child_ref=known.child_ref,
        age_band=band_of(child.date_of_birth, happened_at, unborn=bool(child.unborn)),
        present=child.present,
        witnessed=child.witnessed,
        injured=child.injured,
        unborn=child.unborn,
        special_needs=child.special_needs,
        open_to_social_care=child.open_to_social_care,
        **_schooling(child, known),
    )


def _victim_facts(victim: Victim, known: KnownChild, band: AgeBand) -> ChildFacts:
    return ChildFacts(child_ref=VICTIM, age_band=band, present=True, **_schooling(victim, known))


def _schooling(child: Child | Victim, known: KnownChild) -> dict[str, Any]:
    named_at = known.schools_named_at
    return {
        "education": child.education,
        "school_urn": next(iter(codes_in(child.school_urn)), None),
        "other_school_urns": codes_in(*child.other_school_urns),
        "first_named_at": known.first_named_at,
        "schools_named_at": {urn: named_at[urn] for urn in _schools(child)},
    }
