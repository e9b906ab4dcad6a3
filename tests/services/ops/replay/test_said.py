"""The dump is read back as it was written, whatever a partner's body was."""

from dataclasses import replace
from pathlib import Path

from services.ops.replay.said import read_topics, write_topics
from tests.services.ops.replay.builders import a_report_line, a_said, everything


def test_a_dump_read_back_is_what_was_said(tmp_path: Path) -> None:
    said = everything(
        a_report_line("1", circumstances="\u202eright to left\u0000 and NUL"),
        replace(a_report_line("2"), data={}, raw="not json {"),
        a_said("mash.incident-screened.v1", version=3, rag="RED"),
    )
    write_topics(said, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["mash.incident-screened.v1.jsonl", "partner.incident-report.v1.jsonl"]
    read = read_topics(tmp_path)
    assert len(read) == 3
    assert read.on("mash.incident-screened.v1") == said.on("mash.incident-screened.v1")
    first, second = read.on("partner.incident-report.v1")
    assert first.data == said.on("partner.incident-report.v1")[0].data
    assert (second.data, second.offset) == ({}, 1)
