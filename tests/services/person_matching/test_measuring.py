"""`onward match` measures with the service's own code, and an unseen town keeps the bars."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.kit.database import Database
from services.ops.match_command import app
from services.ops.matching.engine import Decided, Engine
from services.ops.matching.judging import Outcome, judge, misses
from services.ops.matching.lines import party_of
from services.ops.matching.pairs import judged
from services.ops.matching.training import learn, shipped_content, write_model
from services.ops.matching.worlds import a_world
from services.person_matching.domain.model import ModelWrong, read_model, shipped_model

OpenDatabase = Callable[[str], Awaitable[Database]]


async def test_an_unseen_town_keeps_the_bars(database: OpenDatabase) -> None:
    world = a_world(seed=99, records=2500)
    engine = Engine(await database("person_matching"))
    await engine.know(world.known)
    decided = await engine.decide(world.incoming)
    outcomes = [Outcome(d.record_id, d.role, d.outcome, d.matched) for d in decided]
    known = [line["record_id"] for line in world.known]
    figures = judge(known, outcomes, world.truth, world.origin)[""]
    assert figures.counts["false"] == 0
    assert figures.automatic >= 0.84
    assert figures.human <= 0.11


async def test_lines_join_the_store_as_decided_in_their_order(database: OpenDatabase) -> None:
    engine = Engine(await database("person_matching"))
    line = {
        "role": "victim",
        "given_names": "Leanne",
        "family_name": "Hartshorn",
        "date_of_birth": "1991-03-14",
        "phones": [{"number": "07700 900111"}],
    }
    found = await engine.decide([{"record_id": name, **line} for name in ("a", "b", "c")])
    assert [(d.outcome, d.matched) for d in found][:2] == [("new", None), ("same", "a")]
    assert found[2].outcome == "same"
    assert all(d.reasons and d.microseconds > 0 for d in found)


async def test_known_lines_of_one_person_ref_are_one_person(database: OpenDatabase) -> None:
    engine = Engine(await database("person_matching"))
    one = {"record_id": "k1", "role": "victim", "given_names": "Ann", "person_ref": "p"}
    other = {"record_id": "k2", "role": "victim", "given_names": "Anne", "person_ref": "p"}
    await engine.know([one, other, {**one, "record_id": "k3", "person_ref": "q"}])
    [decided] = await engine.decide([{"record_id": "x", "role": "victim", "given_names": None}])
    assert isinstance(decided, Decided)
    assert decided.outcome == "new"


def test_figures_count_what_they_say() -> None:
    truth = {"k": "p", "a": "p", "b": "q", "c": "q", "d": "r"}
    outcomes = [
        Outcome("a", "victim", "same", "k"),
        Outcome("b", "victim", "same", "k"),
        Outcome("c", "victim", "new", None),
        Outcome("d", "victim", "review", "k"),
    ]
    figures = judge(["k"], outcomes, truth, {})[""]
    counts = figures.counts
    assert (counts["joined"], counts["false"], counts["split"], counts["review"]) == (1, 1, 1, 1)
    assert len(misses(figures)) == 4


def test_the_shipped_model_is_whole_and_a_changed_one_is_refused(tmp_path: Path) -> None:
    assert shipped_model().unseen == ()
    content = shipped_content()
    changed = tmp_path / "model.json"
    faults: list[dict[str, object]] = [{"same_from": 1.0}, {"norm_version": 99}, {"bits": {}}]
    for wrong in faults:
        changed.write_text(json.dumps({**content, **wrong}), encoding="utf-8")
        with pytest.raises(ModelWrong):
            read_model(changed)


def test_a_model_learned_from_unlabelled_records_is_one_the_service_accepts(tmp_path: Path) -> None:
    told = [party_of(line).as_told for line in a_world(seed=4, records=400).incoming]
    learned = learn(told)
    write_model(learned, shipped_content(), "trial", tmp_path / "model.json")
    model = read_model(tmp_path / "model.json")
    assert model.version == "trial"
    assert model.of("birth", "exact") > 5 > 0 > model.of("birth", "differ")


def test_pairs_in_order_of_weight_are_judged() -> None:
    found = judged([(9.0, "a", "b"), (1.0, "c", "x")], {("a", "b"), ("c", "d")})
    assert (found.precision, found.recall, found.recall_without_false) == (0.5, 0.5, 0.5)


def test_a_pair_is_explained_in_bits_and_words(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    one = {"record_id": "a", "role": "victim", "given_names": "Ann", "family_name": "Platts"}
    file.write_text(
        "\n".join(json.dumps({**one, "record_id": name}) for name in ("a", "b")), encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["explain", "a", "b", "--file", str(file)])
    assert result.exit_code == 0
    figures = json.loads(result.output.splitlines()[-1])
    assert "Fewer than two of name, birth date and contact agree." in figures["vetoes"]
    absent = CliRunner().invoke(app, ["explain", "a", "z", "--file", str(file)])
    assert absent.exit_code == 1
