"""Effective risk, in the words of `domain.md` section 2."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.police import IncidentAmended, PoliceIncident
from contracts.vocabulary import Answer, Flag, Question, RiskKind, RiskLevel, Tool
from services.police_notifications.domain.risk import (
    Assessed,
    Bands,
    components_of,
    effective,
    highest,
)
from tests.services.police_notifications.builders import Desk, a_form, graded

KEYS = [question.value for question in Question]
PLAIN = [k for k in KEYS if k not in ("strangulation", "weapons", "threat_kill", "stalking")]
"""Questions that set no flag."""


def ticked(count: int, tool: str = "POLICE_DASH_27", keys: list[str] = PLAIN) -> dict[str, Any]:
    """So many ticks, the rest answered with no."""
    return {"tool": tool, "answers": {k: "yes" if n < count else "no" for n, k in enumerate(keys)}}


def parts(said: PoliceIncident) -> list[tuple[str, str, str | None]]:
    """The components of what was said."""
    return [(c.kind.value, c.level.value, c.detail) for c in said.risk.components]


@pytest.mark.parametrize(
    ("ticks", "level"),
    [(0, "STANDARD"), (9, "STANDARD"), (10, "MEDIUM"), (13, "MEDIUM"), (14, "HIGH"), (20, "HIGH")],
)
@pytest.mark.parametrize("tool", ["POLICE_DASH_27", "YP_DASH", "OLDER_DASH"])
def test_bands_14_and_more_high_10_to_13_medium_0_to_9_standard(
    tool: str, ticks: int, level: str
) -> None:
    said = Desk().told(a_form(risk=ticked(ticks, tool)))
    assert said.risk.level == level
    assert parts(said) == [("ticks", level, str(ticks))]


@pytest.mark.parametrize(("threshold", "level"), [(10, "HIGH"), (14, "MEDIUM"), (17, "MEDIUM")])
def test_an_area_may_put_the_threshold_at_10_14_or_17(threshold: int, level: str) -> None:
    said = Desk(high_from=threshold).told(a_form(risk=ticked(12)))
    assert said.risk.level == level


def test_there_are_27_keys_and_safelives_24_are_these_without_three() -> None:
    assert len(KEYS) == 27
    three = {"other_children_dependants", "hurt_children", "threat_kill_children"}
    assessed = Assessed(tool=Tool.SAFELIVES_24, answers=dict.fromkeys(Question, Answer.YES))
    [ticks] = [c for c in components_of(assessed, Bands()) if c.kind is RiskKind.TICKS]
    assert ticks.detail == str(27 - len(three)) == "24"


@pytest.mark.parametrize("answer", ["no", "dont_know"])
def test_only_yes_ticks(answer: str) -> None:
    risk = {"tool": "POLICE_DASH_27", "answers": {**dict.fromkeys(PLAIN, answer), "injury": "yes"}}
    assert parts(Desk().told(a_form(risk=risk))) == [("ticks", "STANDARD", "1")]


def test_ticks_are_a_component_only_with_at_least_one_yes_or_no() -> None:
    unanswered = {"tool": "POLICE_DASH_27", "answers": dict.fromkeys(PLAIN, "dont_know")}
    assert parts(Desk().told(a_form(risk=unanswered))) == []
    one_no = {"tool": "POLICE_DASH_27", "answers": {"injury": "no"}}
    assert parts(Desk().told(a_form(risk=one_no))) == [("ticks", "STANDARD", "0")]


def test_dara_has_frequencies_and_no_tick_count() -> None:
    answers = dict.fromkeys(KEYS, "always")
    said = Desk().told(a_form(risk={"tool": "DARA", "answers": answers}))
    assert (said.risk.level, said.risk.components, said.flags) == ("MEDIUM", (), ())
    high = Desk().told(a_form(risk={"tool": "DARA", "answers": answers, "officer_grade": "HIGH"}))
    assert parts(high) == [("officer_grade", "HIGH", None)]


@pytest.mark.parametrize("tool", ["NONE", "DARA", None])
def test_a_tool_without_ticks_gives_no_band(tool: str | None) -> None:
    risk = {"answers": dict.fromkeys(PLAIN, "yes")} | ({"tool": tool} if tool else {})
    assert parts(Desk().told(a_form(risk=risk))) == []


@pytest.mark.parametrize("risk", [None, {}, {"tool": "NONE"}])
def test_no_component_at_all_is_medium_and_marked(risk: Any) -> None:
    said = Desk().told(a_form(risk=risk))
    assert (said.risk.level, said.risk.components) == ("MEDIUM", ())
    assert "risk_missing" in [mark.code for mark in said.marks]


def test_the_effective_risk_is_the_highest_and_every_component_is_kept() -> None:
    risk = ticked(11) | {
        "officer_grade": "STANDARD",
        "professional_judgement": {"level": "HIGH", "reason": "Pattern of control."},
    }
    said = Desk().told(a_form(risk=risk, flags=["weapon"]))
    assert said.risk.level == "HIGH"
    assert parts(said) == [
        ("ticks", "MEDIUM", "11"),
        ("officer_grade", "STANDARD", None),
        ("professional_judgement", "HIGH", None),
        ("flag_floor", "MEDIUM", "weapon"),
    ]
    assert "Pattern" not in said.model_dump_json(exclude={"sealed"})
    assert [reason.code for reason in said.reasons] == [component[0] for component in parts(said)]


def test_professional_judgement_raises_and_never_lowers() -> None:
    risk = graded("HIGH", professional_judgement={"level": "STANDARD", "reason": "Calm now."})
    assert Desk().told(a_form(risk=risk)).risk.level == "HIGH"


@pytest.mark.parametrize(
    ("flags", "answers", "details"),
    [
        (["strangulation"], {}, ["strangulation"]),
        (["threats_to_kill"], {}, ["threats_to_kill"]),
        (["weapon"], {}, ["weapon"]),
        (["stalking"], {"separation": "yes"}, ["stalking_with_separation"]),
        (["stalking"], {"separation": "no"}, []),
        (["stalking"], {}, []),
        ([], {"strangulation": "yes"}, ["strangulation"]),
        ([], {"stalking": "yes", "separation": "yes"}, ["stalking_with_separation"]),
        (["honour_based", "sexual", "pregnancy"], {}, []),
        (["strangulation", "weapon"], {"threat_kill": "yes"},
         ["strangulation", "threats_to_kill", "weapon"]),
    ],
)  # fmt: skip
def test_the_floor_of_flags(flags: list[str], answers: Any, details: list[str]) -> None:
    risk = {"tool": "POLICE_DASH_27", "answers": {"animal": "no"} | answers}
    said = Desk().told(a_form(flags=flags, risk=risk))
    floors = [detail for kind, level, detail in parts(said) if kind == "flag_floor"]
    assert floors == details
    assert said.risk.level == ("MEDIUM" if details else "STANDARD")


@pytest.mark.parametrize(
    ("question", "flag"),
    [
        ("strangulation", "strangulation"),
        ("weapons", "weapon"),
        ("threat_kill", "threats_to_kill"),
        ("stalking", "stalking"),
    ],
)
def test_an_answer_yes_sets_the_flag_of_that_name(question: str, flag: str) -> None:
    desk = Desk()
    yes = {"tool": "POLICE_DASH_27", "answers": {question: "yes"}}
    assert desk.told(a_form(risk=yes, flags=["online"])).flags == ("online", flag)
    twice = desk.told(a_form(2, risk=yes, flags=[flag]))
    assert twice.flags == (flag,)


@pytest.mark.parametrize("answer", ["no", "dont_know", "often"])
def test_any_other_answer_sets_no_flag(answer: str) -> None:
    risk = {"tool": "POLICE_DASH_27", "answers": {"strangulation": answer}}
    assert Desk().told(a_form(risk=risk)).flags == ()


@pytest.mark.parametrize(("answer", "said_so"), [("yes", True), ("no", False), (None, False)])
def test_a_threat_to_kill_the_children_is_said(answer: str | None, said_so: bool) -> None:
    answers = {"threat_kill_children": answer} if answer else {}
    said = Desk().told(a_form(risk={"tool": "POLICE_DASH_27", "answers": answers}))
    assert said.threat_kill_children is said_so


# Revisions


def test_a_lower_amendment_leaves_the_earlier_level_standing() -> None:
    desk = Desk()
    desk.take(a_form(1, risk=graded("HIGH")))
    said = desk.told(a_form(2, risk=graded("STANDARD")))
    assert said.risk.level == "HIGH"
    assert parts(said) == [("officer_grade", "STANDARD", None), ("earlier_revision", "HIGH", "1")]


@pytest.mark.parametrize("late", [False, True])
def test_what_in_the_earlier_revision_said_so_is_told(late: bool) -> None:
    desk = Desk()
    forms = [a_form(1, risk=graded("HIGH")), a_form(2, risk=graded("STANDARD"))]
    desk.take(forms[late])
    said = desk.told(forms[not late])
    assert [(c.kind, c.kinds) for c in said.risk.components] == [
        ("officer_grade", ()),
        ("earlier_revision", ("officer_grade",)),
    ]


def test_what_stands_stands_over_many_amendments() -> None:
    desk = Desk()
    for revision, level in enumerate(("MEDIUM", "HIGH", "STANDARD"), 1):
        desk.take(a_form(revision, risk=graded(level)))
    said = desk.told(a_form(4, risk=graded("MEDIUM")))
    assert parts(said) == [("officer_grade", "MEDIUM", None), ("earlier_revision", "HIGH", "2")]


def test_an_equal_or_higher_amendment_needs_no_earlier_revision() -> None:
    desk = Desk()
    desk.take(a_form(1, risk=graded("MEDIUM")))
    assert parts(desk.told(a_form(2, risk=graded("MEDIUM")))) == [("officer_grade", "MEDIUM", None)]
    assert parts(desk.told(a_form(3, risk=graded("HIGH")))) == [("officer_grade", "HIGH", None)]


def test_a_late_lower_revision_that_raises_the_level_says_the_present_one_again() -> None:
    desk = Desk()
    present = desk.told(a_form(3, risk=graded("STANDARD"), circumstances="The present words."))
    again = desk.told(
        a_form(2, risk=graded("HIGH"), circumstances="Older words.", flags=["weapon"])
    )
    assert isinstance(again, IncidentAmended)
    assert (again.revision, again.version) == (3, present.version + 1)
    assert parts(again) == [("officer_grade", "STANDARD", None), ("earlier_revision", "HIGH", "2")]
    assert again.flags == ()
    assert again.received_at == desk.now
    assert again.sealed.mash == present.sealed.mash


def test_a_late_lower_revision_that_raises_nothing_says_nothing() -> None:
    desk = Desk()
    desk.take(a_form(3, risk=graded("HIGH")))
    assert desk.take(a_form(2, risk=graded("MEDIUM"), victim={"given_names": "Other"})) == []
    assert parts(desk.told(a_form(4, risk=graded("STANDARD"))))[-1][:2] == (
        "earlier_revision", "HIGH",
    )  # fmt: skip


def test_a_late_lower_revision_without_a_grade_raises_nothing() -> None:
    desk = Desk()
    desk.take(a_form(3, risk=graded("STANDARD")))
    assert desk.take(a_form(2)) == []


LEVELS = st.sampled_from([None, *RiskLevel])


@settings(max_examples=100, deadline=None)
@given(LEVELS, LEVELS, st.integers(0, 27), st.sets(st.sampled_from(list(Flag))))
def test_the_effective_risk_is_never_below_any_component(
    grade: RiskLevel | None, judgement: RiskLevel | None, ticks: int, flags: set[Flag]
) -> None:
    answers = {q: Answer.YES if n < ticks else Answer.NO for n, q in enumerate(Question)}
    assessed = Assessed(Tool.POLICE_DASH_27, answers, grade, judgement, tuple(flags))
    own = components_of(assessed, Bands())
    assert effective(own).level == highest(own)


@settings(max_examples=60, deadline=None)
@given(st.permutations([(1, "STANDARD"), (2, "HIGH"), (3, "MEDIUM"), (4, "STANDARD")]))
def test_whatever_order_revisions_come_in_the_level_said_last_is_the_highest(
    order: list[tuple[int, str]],
) -> None:
    desk = Desk()
    said = [answer for revision, level in order
            for answer in desk.take(a_form(revision, risk=graded(level)))]  # fmt: skip
    last = said[-1]
    assert isinstance(last, PoliceIncident)
    assert last.risk.level == "HIGH"
    assert last.revision == 4 or desk.reports.rows
