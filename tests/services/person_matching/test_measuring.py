"""`onward match` measures with the service's own code, and an unseen town keeps the bars."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

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
from services.ops.platform import Addresses
from services.person_matching.domain.model import ModelWrong, read_model, shipped_model

OpenDatabase = Callable[[str], Awaitable[Database]]
Evaluate = Callable[[bytes], tuple[int, str, list[dict[str, Any]]]]


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


ANN: dict[str, Any] = {
    "role": "victim",
    "given_names": "Leanne",
    "family_name": "Hartshorn",
    "date_of_birth": "1991-03-14",
    "phones": [{"number": "07700 900111"}],
}
BOB: dict[str, Any] = {
    "role": "victim",
    "given_names": "Bartholomew",
    "family_name": "Quigglesby",
    "date_of_birth": "1985-11-25",
    "phones": [{"number": "07700 900777"}],
}

CLEO: dict[str, Any] = {"role": "victim", "given_names": "Cleo", "family_name": "Ramsbottom"}


async def outcomes_of(
    engine: Engine, known: list[dict[str, Any]], incoming: list[dict[str, Any]]
) -> list[tuple[Any, str, Any]]:
    """Id, outcome and whose record was matched, of each line that comes."""
    await engine.know(known)
    found = [decided.as_line() for decided in await engine.decide(incoming)]
    return [(each["record_id"], each["outcome"], each["matched_record_id"]) for each in found]


async def test_files_may_number_their_lines_alike(database: OpenDatabase) -> None:
    known = [{"record_id": "1", **ANN}]
    incoming = [{"record_id": "1", **BOB}, {"record_id": "2", **ANN}, {"record_id": "3", **BOB}]
    found = await outcomes_of(Engine(await database("person_matching")), known, incoming)
    assert found == [("1", "new", None), ("2", "same", "1"), ("3", "same", "1")]


async def test_files_may_number_their_reports_alike(database: OpenDatabase) -> None:
    known = [{"record_id": "k", "report": "1", **ANN}]
    incoming = [{"record_id": "i", "report": "1", **ANN}]
    found = await outcomes_of(Engine(await database("person_matching")), known, incoming)
    assert found == [("i", "same", "k")]


async def test_lines_of_one_file_may_repeat_an_id_and_keep_it_as_given(
    database: OpenDatabase,
) -> None:
    known = [{"record_id": 7, **ANN}, {"record_id": 7, **BOB}]
    incoming = [{"record_id": 0, **each} for each in (ANN, BOB, ANN)]
    found = await outcomes_of(Engine(await database("person_matching")), known, incoming)
    assert found[:2] == [(0, "same", 7), (0, "same", 7)]
    assert found[2][1] == "same"


async def test_any_person_ref_that_repeats_makes_one_person(database: OpenDatabase) -> None:
    opened = await database("person_matching")
    known = [{"record_id": "k", "person_ref": ref, **ANN} for ref in (0, 0, 1, "", None)]
    await Engine(opened).know(known)
    [counts] = await opened.fetch("SELECT count(*), count(DISTINCT person_id) FROM records")
    assert tuple(counts) == (5, 4)


@pytest.mark.parametrize("role", ["victim", "suspect", "child"])
async def test_two_lines_of_one_report_are_two_parties_though_they_repeat_id_and_role(
    database: OpenDatabase, role: str
) -> None:
    line = {"record_id": "1", "report": "R", "role": role}
    again = {"record_id": "2", **ANN, "role": role}
    incoming = [{**ANN, **line}, {**BOB, **line}, again, {**CLEO, **line}, {**ANN, **line}]
    found = await outcomes_of(Engine(await database("person_matching")), [], incoming)
    assert [outcome for _, outcome, _ in found] == ["new", "new", "same", "new", "new"]


@pytest.fixture
def evaluated(platform: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Evaluate:
    """Exit code, words and outcomes of the command for a file of incoming lines."""
    monkeypatch.setenv("PLATFORM", "external")
    monkeypatch.setenv("ONWARD_POSTGRES", platform.postgres.dsn())
    known, incoming, out = (tmp_path / name for name in ("known", "incoming", "out"))
    known.write_text(json.dumps({"record_id": "k", **ANN}), encoding="utf-8")

    def run(lines: bytes) -> tuple[int, str, list[dict[str, Any]]]:
        incoming.write_bytes(lines)
        words = ["evaluate", "--known", known, "--incoming", incoming, "--out", out]
        result = CliRunner().invoke(app, [str(word) for word in words])
        found = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        return result.exit_code, result.output, [json.loads(line) for line in found]

    return run


HALF = "\ud83d"
"""What is left of an emoji that was cut."""


def test_whatever_a_line_holds_it_gets_an_outcome(
    evaluated: Evaluate,
) -> None:
    odd: list[dict[str, Any]] = [
        {**ANN, "given_names": f"Leanne{HALF}", "ethnicity": "\x00", HALF: HALF},
        {"family_name": HALF, "address": {"lines": [HALF], "postcode": f"S60 2{HALF}"}},
        {"role": HALF, "report": HALF, "person_ref": HALF},
        {"role": ["victim"], "report": {"a": 1}, "given_names": 5, "date_of_birth": 10**400},
    ]
    lines = [json.dumps({"record_id": number, **line}) for number, line in enumerate(odd)]
    more = b'\n{"record_id": 4, "given_names": "Zo\xeb", "nhs_number": NaN}\n'
    code, _, found = evaluated(b"\xef\xbb\xbf" + "\n".join(lines).encode() + more)
    assert code == 0
    assert [each["record_id"] for each in found] == [0, 1, 2, 3, 4]
    assert (found[0]["outcome"], found[0]["matched_record_id"]) == ("same", "k")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "is not JSON"),
        (b'{"record_id": ' + b"9" * 5000 + b"}", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "has no record_id"),
        (b'{"role": "victim"}', "has no record_id"),
    ],
)
def test_a_line_that_is_no_record_is_named_by_its_number(
    evaluated: Evaluate, line: bytes, words: str
) -> None:
    code, output, found = evaluated(b'{"record_id": "1"}\n\n' + line)
    assert (code, found) == (2, [])
    assert f"line 3 {words}" in " ".join(output.split())


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
