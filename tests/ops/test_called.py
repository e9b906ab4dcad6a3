"""A command that proposes the next one writes it so that it can be typed here."""

import pytest

from services.ops.output import called


def test_onward_is_named_alone_where_the_path_has_it_and_else_as_it_was_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/onward", "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert called() == ".venv/bin/onward"
    monkeypatch.setattr("sys.argv", ["services/ops/cli.py", "demo"])
    assert called() == "onward"
    monkeypatch.setattr("sys.argv", [".venv/bin/onward", "demo"])
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    assert called() == "onward"
