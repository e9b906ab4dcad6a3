"""The service's own matching on lines of a file: same code, same model, same database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from contracts.envelope import Trail
from contracts.vocabulary import MatchOutcome
from services.kit.database import Database
from services.kit.service import LockMore
from services.ops.matching.lines import NOON, parties_of, said
from services.person_matching.domain.decide import Decision
from services.person_matching.domain.rows import By, Person, Record
from services.person_matching.handlers.joining import place
from services.person_matching.handlers.questions import open_reviews
from services.person_matching.handlers.recording import (
    Case,
    Placed,
    case_of,
    record_of,
    relation_in,
)
from services.person_matching.store import load_for, names_of_keys, save
from services.person_matching.working_set import Persons, Reference
from services.person_matching.working_set.reading import Party

AT_ONCE = 200
"""Records a transaction takes, as the service's batches do."""
KNOWN_AT_ONCE = 2000
KNOWN = Decision(MatchOutcome.NEW)


@dataclass(frozen=True)
class Decided:
    """A line of the outcome."""

    record_id: Any
    """As the line gives it; so is the one matched."""
    role: str
    outcome: str
    matched: Any
    weight: float | None
    reasons: tuple[str, ...]
    microseconds: int

    def as_line(self) -> dict[str, Any]:
        """As the file holds it."""
        return {
            "record_id": self.record_id,
            "outcome": self.outcome,
            "matched_record_id": self.matched,
            "weight": self.weight,
            "reasons": list(self.reasons),
            "microseconds": self.microseconds,
        }


class Engine:
    """Knows persons and decides records, in the order given."""

    def __init__(
        self, database: Database, reference: Reference | None = None, now: datetime = NOON
    ) -> None:
        self._database = database
        self._reference = reference or Reference()
        self._now = now
        self._given: list[Any] = []

    async def know(self, lines: Sequence[dict[str, Any]]) -> None:
        """Keep persons who are known: each line one, except where `person_ref` repeats."""
        by_ref: dict[str, UUID] = {}
        lines = self._told_apart(lines, "known")
        for start in range(0, len(lines), KNOWN_AT_ONCE):
            persons = known_records(lines[start : start + KNOWN_AT_ONCE], by_ref, self._reference)
            async with self._database.transaction(self._now, self._reference) as transaction:
                await save(transaction, persons)
        async with self._database.connection() as connection:
            await connection.execute("ANALYZE")

    async def decide(self, lines: Iterable[dict[str, Any]]) -> list[Decided]:
        """Decide every line; each joins the store as decided."""
        found: list[Decided] = []
        for batch in batches(parties_of(self._told_apart(lines, "incoming"))):
            found += await self.decide_batch(batch)
        return [self._as_given(decided) for decided in found]

    def _told_apart(self, lines: Iterable[dict[str, Any]], file: str) -> list[dict[str, Any]]:
        """The lines by their place among all that came: two files may repeat each other's ids of
        records and of reports.
        """
        found = []
        for line in lines:
            report = said(line, "report")
            scoped = {"report": f"{file}/{report}"} if report else {}
            found.append({**line, "record_id": len(self._given), **scoped})
            self._given.append(line["record_id"])
        return found

    def _as_given(self, decided: Decided) -> Decided:
        matched = None if decided.matched is None else self._given[int(decided.matched)]
        return replace(decided, record_id=self._given[int(decided.record_id)], matched=matched)

    async def decide_batch(self, batch: Sequence[Sequence[Party]]) -> list[Decided]:
        """Decide the reports of one transaction."""
        self._now += timedelta(seconds=1)
        parties = [party for report in batch for party in report]
        names = names_of_keys(parties)
        while True:
            try:
                return await self._attempt(batch, parties, names)
            except LockMore as more:
                names = names | more.names

    async def _attempt(
        self, batch: Sequence[Sequence[Party]], parties: Sequence[Party], names: set[str]
    ) -> list[Decided]:
        begun = perf_counter()
        reports = {party.report.report_id for party in parties}
        async with self._database.transaction(self._now, self._reference) as transaction:
            await transaction.lock(names)
            persons = await load_for(transaction, parties, reports)
            shared = (perf_counter() - begun) / len(parties)
            found = [d for report in batch for d in self._decide(report, persons, shared)]
            await save(transaction, persons)
        return found

    def _decide(self, report: Sequence[Party], persons: Persons, shared: float) -> list[Decided]:
        begun = perf_counter()
        trail = Trail("", report[0].report.report_id)
        placed = place(report, persons, trail)
        open_reviews(placed, report, persons, self._now)
        each = shared + (perf_counter() - begun) / len(report)
        return [_decided(party, placed, persons, each) for party in report]


def batches(reports: Iterable[list[Party]]) -> Iterator[list[list[Party]]]:
    """Reports in transactions of about so many records."""
    waiting: list[list[Party]] = []
    records = 0
    for report in reports:
        waiting.append(report)
        records += len(report)
        if records >= AT_ONCE:
            yield waiting
            waiting, records = [], 0
    if waiting:
        yield waiting


def known_records(
    lines: Sequence[dict[str, Any]],
    by_ref: dict[str, UUID] | None = None,
    reference: Reference | None = None,
) -> Persons:
    """Lines as persons who are known; `by_ref` remembers whose `person_ref` came before."""
    persons = Persons(reference=reference)
    refs = {str(line["record_id"]): said(line, "person_ref") for line in lines}
    known = by_ref if by_ref is not None else {}
    for report in parties_of(lines):
        related = relation_in(report)
        for party in report:
            ref = refs[party.report.reference]
            person_id = known.setdefault(ref, party.record_id) if ref else party.record_id
            _keep_known(case_of(party, persons, related), person_id, persons)
    return persons


def _keep_known(case: Case, person_id: UUID, persons: Persons) -> None:
    record = record_of(case, person_id, By.MACHINE, KNOWN)
    if person_id == record.record_id:
        persons.put_person(Person(person_id, "", record.report_id))
    persons.put(record)


def _decided(party: Party, placed: Placed, persons: Persons, seconds: float) -> Decided:
    decision = placed.decisions.get(party.record_id, KNOWN)
    record = persons.record(party.record_id)
    return Decided(
        record_id=party.report.reference,
        role=party.role,
        outcome=decision.outcome.value,
        matched=_matched(record, decision, persons),
        weight=decision.weight,
        reasons=tuple(ground.sentence for ground in decision.grounds),
        microseconds=round(seconds * 1e6),
    )


def _matched(record: Record | None, decision: Decision, persons: Persons) -> str | None:
    if record is None or decision.outcome is MatchOutcome.NEW:
        return None
    person = record.person_id if decision.person_id is None else decision.person_id
    others = [r for r in persons.of(person) if r.record_id != record.record_id]
    return others[0].reference if others else None
