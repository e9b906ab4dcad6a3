"""Same, new or for a human: the best candidate, how far ahead it is, and what forbids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.vocabulary import MatchOutcome
from services.person_matching.domain.compare import forename_level, is_somebody_else
from services.person_matching.domain.evidence import (
    Candidate,
    Evidence,
    Part,
    Setting,
    beside_namesakes,
    weigh,
)
from services.person_matching.domain.features import Features, contacts
from services.person_matching.domain.vetoes import too_little, vetoes_of

NAME_AND_BIRTH = {("forename", "exact"), ("surname", "exact"), ("birth", "exact")}
NOT_MORE = {"name_and_birth_alone", "not_enough"}
ALIKE = ("exact", "nickname", "typo", "initial", "two_names")


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a decision fell as it did: a code and what a human reads."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, whom it is about, and everything it rests on."""

    outcome: MatchOutcome
    person_id: UUID | None = None
    """Whom the record joins, or the best candidate under review."""
    weight: float | None = None
    grounds: tuple[Ground, ...] = ()
    waterfall: tuple[Part, ...] = ()
    model: str = ""
    rivals: tuple[UUID, ...] = ()
    """Others who fit nearly as well as the best one."""

    @property
    def is_for_want_of_more(self) -> bool:
        """Whether the very name and birth date agree, and it is a question for nothing else."""
        codes = {ground.code for ground in self.grounds}
        agreed = {(part.comparison, part.level) for part in self.waterfall}
        return "name_and_birth_alone" in codes and codes <= NOT_MORE and agreed >= NAME_AND_BIRTH


NOT_AHEAD = Ground("not_ahead", "Another known person fits nearly as well.")
NOT_ENOUGH = Ground("not_enough", "It may be the same person; the evidence is not enough.")
NOBODY = Ground("nobody_alike", "Nobody known is like this person.")
PROVEN = Ground("proven", "Name, birth date or contact agree well beyond chance.")


@dataclass(frozen=True, slots=True)
class Ties:
    """What humans said or still have to say about the candidates."""

    different: frozenset[UUID] = frozenset()
    """Persons of whom a human said that the record's person is another: no candidates."""
    undecided: Mapping[UUID, frozenset[UUID]] | None = None
    """By person: those possibly the same by an open review; together they count as one."""

    def are_one(self, one: UUID, other: UUID) -> bool:
        """Whether an open review joins the two."""
        return other in (self.undecided or {}).get(one, frozenset())


def decide(
    record: Features, candidates: Iterable[Candidate], setting: Setting, ties: Ties
) -> Decision:
    """Same, new or review for one record among those who might be the same person."""
    listed = [c for c in candidates if c.person_id not in ties.different]
    found = ranked(record, listed, setting)
    version = setting.model.version
    if not found or found[0].weight < setting.model.new_below:
        weight = found[0].weight if found else None
        return Decision(MatchOutcome.NEW, None, weight, (NOBODY,), (), version)
    best = found[0]
    rivals = _rivals(best, found[1:], setting, ties)
    grounds = _against(best, rivals, setting)
    outcome = MatchOutcome.REVIEW if grounds else MatchOutcome.SAME
    person = best.candidate.person_id
    told = grounds or (PROVEN,)
    return Decision(outcome, person, best.weight, told, best.parts, version, rivals)


def ranked(record: Features, candidates: Iterable[Candidate], setting: Setting) -> list[Evidence]:
    """The candidates who are not plainly somebody else, the likeliest first."""
    listed = list(candidates)
    near = [known for known in listed if not is_another(record, known)]
    holders = _holders(record, listed)
    by_report = _by_report(listed)
    found = [weigh(record, known, _alone(known, holders), setting) for known in near]
    found = [_in_the_report(e, _relatives(e.candidate, by_report), setting) for e in found]
    named = {e.candidate.person_id for e in found if e.has_the_very_name}
    found = [
        beside_namesakes(e, len(named - {e.candidate.person_id}), setting.model) for e in found
    ]
    return sorted(found, key=lambda e: (-e.weight, e.candidate.person_id))


def is_another(record: Features, known: Candidate) -> bool:
    """Whether every record of the person is plainly somebody else's."""
    return all(is_somebody_else(record, other) for other in known.records)


def _rivals(
    best: Evidence, rest: Iterable[Evidence], setting: Setting, ties: Ties
) -> tuple[UUID, ...]:
    person, model = best.candidate.person_id, setting.model
    near = (
        e.candidate.person_id
        for e in rest
        if best.weight - e.weight < model.ahead_by and e.weight >= model.new_below
    )
    return tuple(other for other in near if not ties.are_one(person, other))


def _against(best: Evidence, rivals: Sequence[UUID], setting: Setting) -> tuple[Ground, ...]:
    grounds = [Ground(veto.code, veto.sentence) for veto in vetoes_of(best)]
    if rivals:
        grounds.append(NOT_AHEAD)
    if best.weight < setting.model.same_from:
        grounds.append(NOT_ENOUGH)
    return tuple(grounds)


def _in_the_report(evidence: Evidence, relatives: Sequence[Features], setting: Setting) -> Evidence:
    found = _beside_relatives(evidence, relatives, setting)
    if not evidence.family and evidence.candidate.person_id in setting.hinted:
        return found.plus("report", "another party may be a relative", setting.model.hinted)
    if setting.last_look and not found.family and too_little(found):
        model = setting.model
        bits = model.name_of_one_alone if setting.alone else model.name_alone
        return found.plus("report", "nothing but a name", bits)
    return found


def _holders(record: Features, candidates: Iterable[Candidate]) -> dict[UUID, frozenset[str]]:
    mine = contacts(record)
    if not mine:
        return {}
    found = {c.person_id: _given_by(c) & mine for c in candidates}
    return {person: given for person, given in found.items() if given}


def _given_by(candidate: Candidate) -> frozenset[str]:
    if len(candidate.records) == 1:
        return contacts(candidate.records[0])
    return frozenset(told for record in candidate.records for told in contacts(record))


def _alone(known: Candidate, holders: Mapping[UUID, frozenset[str]]) -> bool:
    mine = holders.get(known.person_id)
    if not mine:
        return False
    others = (given for person, given in holders.items() if person != known.person_id)
    return bool(mine.difference(*others))


def _by_report(candidates: Iterable[Candidate]) -> dict[UUID, list[Candidate]]:
    found: dict[UUID, list[Candidate]] = defaultdict(list)
    for known in candidates:
        for report in known.reports:
            found[report].append(known)
    return found


def _relatives(me: Candidate, by_report: Mapping[UUID, Sequence[Candidate]]) -> list[Features]:
    """Records of the other candidates who stood in a report with this one."""
    near = (c for report in me.reports for c in by_report[report])
    return [record for c in near if c.person_id != me.person_id for record in c.records]


def _beside_relatives(
    evidence: Evidence, relatives: Sequence[Features], setting: Setting
) -> Evidence:
    record = evidence.record
    alike = evidence.family and any(forename_level(record, r) in ALIKE for r in relatives)
    born = record.birth is not None and any(record.birth == other.birth for other in relatives)
    twin = born or record.birth in setting.births
    return replace(evidence, relative_alike=alike, twin_known=twin) if alike or twin else evidence
