"""FEBRL matched as the service matches: its features, keys, weights and decisions, no labels."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from uuid import UUID

from contracts.vocabulary import MatchOutcome, named
from services.ops.matching.febrl import NUMBER, FebrlSet, Row
from services.ops.matching.judging import Outcome
from services.ops.matching.pairs import Pair, best_of_each_other
from services.ops.matching.training import learn
from services.person_matching.domain.decide import Ties, decide
from services.person_matching.domain.evidence import Candidate, Setting, weigh
from services.person_matching.domain.features import Features
from services.person_matching.domain.keys import keys_of
from services.person_matching.domain.model import Model, shipped_model
from services.person_matching.domain.names import given_name, surname, surnames
from services.person_matching.domain.points import Place, street

Known = Mapping[str, Features]


@dataclass(frozen=True)
class Own:
    """A set with its features, and a model learned from it without labels."""

    given: FebrlSet
    features: Known
    model: Model

    @classmethod
    def of(cls, given: FebrlSet) -> "Own":
        """Read the records and learn from them; the thresholds are the service's."""
        features = {name: features_of_row(row) for name, row in given.rows.items()}
        learned = learn(list(features.values()))
        return cls(given, features, replace(shipped_model(), bits=learned.bits))

    def scored(self) -> list[Pair]:
        """Every pair that a key leads to, weighed."""
        return self._weighed(self._near())

    def best_matches(self) -> list[Pair]:
        """Pairs of each other's best: by keys first, then among all who are left over."""
        found = best_of_each_other(self.scored())
        matched = {name for _, *names in found for name in names}
        left = sorted(set(self.features) - matched)
        known = [name for name in left if name in self.given.known]
        return found + best_of_each_other(
            self._weighed(product(known, [name for name in left if name not in self.given.known]))
        )

    def decided(self) -> list[Outcome]:
        """Record by record as the service decides: vetoes, rivals, and a human where unsure."""
        shelf = _Shelf(self.model)
        for name in self.given.rows:
            if name in self.given.known:
                shelf.found(name, self.features[name])
        coming = [name for name in self.given.rows if name not in self.given.known]
        return [shelf.decide(name, self.features[name]) for name in coming]

    def _near(self) -> Iterable[tuple[str, str]]:
        by_key: dict[int, list[str]] = defaultdict(list)
        for name in sorted(self.features):
            for key in keys_of(self.features[name]):
                by_key[key].append(name)
        met = {pair for names in by_key.values() for pair in combinations(names, 2)}
        return (pair for pair in sorted(met) if self.given.may_pair(*pair))

    def _weighed(self, pairs: Iterable[tuple[str, str]]) -> list[Pair]:
        others = len(self.features) - len(self.given.known)
        setting = Setting(replace(self.model, least_known=others), others)
        return [
            (self._bits(one, other, setting), *sorted((one, other)))  # type: ignore[misc]
            for one, other in pairs
        ]

    def _bits(self, one: str, other: str, setting: Setting) -> float:
        candidate = Candidate(named("febrl", other), (self.features[other],))
        return weigh(self.features[one], candidate, False, setting).weight


@dataclass
class _Shelf:
    """Persons in memory, found by their keys."""

    model: Model
    persons: dict[UUID, list[str]] = field(default_factory=dict)
    records: dict[UUID, tuple[Features, ...]] = field(default_factory=dict)
    by_key: dict[int, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    asked: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def found(self, name: str, features: Features) -> UUID:
        """Keep a record as somebody new."""
        return self._keep(named("febrl", name), name, features)

    def decide(self, name: str, features: Features) -> Outcome:
        """Decide a record and keep it as decided."""
        near = sorted({one for key in keys_of(features) for one in self.by_key.get(key, ())})
        candidates = [Candidate(one, self.records[one]) for one in near]
        undecided = {one: frozenset(self.asked[one]) for one in near if one in self.asked}
        setting = Setting(self.model, len(self.persons))
        decision = decide(features, candidates, setting, Ties(undecided=undecided))
        best = decision.person_id
        matched = self.persons[best][0] if best else None
        if decision.outcome is MatchOutcome.SAME and best:
            self._keep(best, name, features)
        else:
            self._ask(self.found(name, features), [one for one in (best, *decision.rivals) if one])
        return Outcome(name, "record", decision.outcome.value, matched)

    def _keep(self, person: UUID, name: str, features: Features) -> UUID:
        self.persons.setdefault(person, []).append(name)
        self.records[person] = (*self.records.get(person, ()), features)
        for key in keys_of(features):
            self.by_key[key].add(person)
        return person

    def _ask(self, person: UUID, others: Iterable[UUID]) -> None:
        for other in others:
            self.asked[person].add(other)
            self.asked[other].add(person)


def features_of_row(row: Row) -> Features:
    """A row as compared; Australian addresses are read here, the service reads British ones."""
    name = given_name(row.get("given_name"))
    return Features(
        call=name.call,
        middles=name.middles,
        joined=name.joined,
        surname=surname(row.get("surname")),
        surnames=surnames(row.get("surname"), ()),
        birth=_birth(row.get("date_of_birth")),
        nhs=row.get(NUMBER),
        places=tuple(_places(row)),
    )


def _places(row: Row) -> Iterator[Place]:
    number, code = row.get("street_number"), row.get("postcode")
    lines = [row[field] for field in ("address_1", "address_2") if field in row]
    yield from (Place(code, number or "?", street([line])) for line in lines)
    if not lines:
        yield Place(code, number)


def _birth(text: str | None) -> str | None:
    return text if text and len(text) == 8 and text.isdigit() else None
