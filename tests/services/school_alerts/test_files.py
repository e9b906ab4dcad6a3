"""Registers and calendars as files: clear answers to bad ones, and nothing lost."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import RecipientRole
from services.school_alerts.domain.files import FileRefused, decoded, schools_in, terms_in
from services.school_alerts.domain.schools import School

SAMPLE = Path("deploy/reference/gias_sample_rotherham_sheffield.csv")
HEAD = "URN,LA_code,EstablishmentName,Status,Successor,KeyAdultEmail,DeputyEmail,HeadEmail\n"


def test_the_sample_is_read_whole() -> None:
    found = schools_in(decoded(SAMPLE.read_bytes()))
    assert (len(found.entries), found.problems) == (35, ())
    nursery = found.entries["106973"]
    assert (nursery.authority, nursery.is_nursery, nursery.low_age, nursery.high_age) == (
        "373",
        True,
        3,
        5,
    )


def test_contacts_and_successors_are_read_where_present() -> None:
    found = schools_in(HEAD + "1,373,A,Closed,2,k@a.test,,\n2,373,B,Open,,,d@b.test,\n")
    assert found.entries["1"].successor == "2"
    assert found.entries["1"].contacts == {RecipientRole.KEY_ADULT: "k@a.test"}
    assert found.entries["2"].address_of(RecipientRole.HEAD) is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfURN,LA_code,EstablishmentName,Status\n1,373,\xc3\x89cole,Open\n",
        b"URN,LA_code,EstablishmentName,Status\r\n1,373,\xc9cole,Open\r\n",
        b"URN,LA (code),EstablishmentName,EstablishmentStatus (name)\n1,373,\xc9cole,Open\n",
    ],
)
def test_encodings_and_headings_of_the_national_extract_are_read(content: bytes) -> None:
    found = schools_in(decoded(content)).entries["1"]
    assert (found.name, found.authority, found.is_open) == ("École", "373", True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "URN, LA_code, EstablishmentName, Status"),
        ("URN,EstablishmentName\n1,A\n", "LA_code, Status"),
        ("URN;LA_code;EstablishmentName;Status\n1;373;A;Open\n", "lacks the columns"),
    ],
)
def test_wrong_columns_refuse_the_file_by_name(text: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        schools_in(text)


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(FileRefused, match="UTF-8"):
        decoded("URN".encode("utf-16"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,373,A,Open,,,,", "line 3: URN must be a number"),
        (",373,A,Open,,,,", "line 3: URN must be a number"),
        ("1,373,A,Open,,,,", "line 3: URN 1 stands there twice"),
        ("2,,A,Open,,,,", "line 3: LA_code must be given"),
        ("2,373,A,Open,,nobody,,", "line 3: KeyAdultEmail is no e-mail address and was left out"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_costs_no_other(row: str, said: str) -> None:
    found = schools_in(f"{HEAD}1,373,A,Open,,,,\n{row}\n3,373,C,Open,,,,\n")
    assert found.problems == (said,)
    assert {"1", "3"} <= set(found.entries)


def test_terms_are_read_by_authority_with_inset_days_of_each_school() -> None:
    text = {
        "373": {
            "holidays": [{"start": "2026-12-19", "end": "2027-01-03"}],
            "inset": ["2027-01-04"],
            "schools": {"107033": {"inset": ["2027-01-05"]}},
        }
    }
    terms = terms_in(text).entries["373"]
    assert terms.inset == {date(2027, 1, 4)}
    assert terms.schools["107033"].inset == {date(2027, 1, 5)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "object by authority code"),
        ({"373": []}, "373: must be an object"),
        ({"373": {"holidays": "none"}}, "373/holidays: must be a list"),
        ({"373": {"holidays": [{"start": "2027-02-30", "end": "2027-03-01"}]}}, "373/holidays/0"),
        ({"373": {"holidays": [{"start": "2027-03-02", "end": "2027-03-01"}]}}, "ends before"),
        ({"373": {"holidays": [1]}}, "373/holidays/0: must be an object"),
        ({"373": {"inset": [20270101]}}, "373/inset: must hold dates"),
        ({"373": {"schools": {"1": {"inset": ["soon"]}}}}, "373/schools/1/inset"),
        ({"academic_years": [], "school": "Elsewhere"}, "published shape"),
    ],
)
def test_bad_terms_are_refused_with_the_place(content: Any, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        terms_in(content)


def test_a_calendar_with_a_gap_is_taken_and_named() -> None:
    holidays = [
        {"start": "2026-12-19", "end": "2027-01-03"},
        {"start": "2027-07-22", "end": "2027-08-31"},
    ]
    [gap] = terms_in({"373": {"holidays": holidays}}).problems
    assert gap.startswith("373: no holidays between 2027-01-03 and 2027-07-22")


def test_the_published_terms_have_no_gap() -> None:
    published = json.loads(Path("deploy/reference/sheffield_term_dates.json").read_text("utf-8"))
    assert terms_in(published).problems == ()


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = schools_in(HEAD + text)
    except FileRefused:
        return
    assert all(isinstance(school, School) for school in found.entries.values())
