"""The walls between the rooms stand: each import contract holds and is seen to fail when broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, SERVICES, Source, foreign, sources

MATCHING = {"anyascii", "jellyfish", "nhs_number", "nicknames", "phonenumbers", "rapidfuzz"}
"""What person_matching's domain may use beside the standard library."""


WORKING_TIME = "services.kit.working_time"
"""What domains share beyond words: hours and days, from the standard library alone."""


def lint(folder: Path) -> tuple[int, str]:
    """What import-linter says of a tree, its line breaks aside."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, to break on purpose."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for top in ("contracts", "services"):
        ignored = shutil.ignore_patterns("__pycache__", "schemas", "examples")
        shutil.copytree(ROOT / top, folder / top, ignore=ignored)
    return folder


def test_our_tree_keeps_every_import_contract() -> None:
    code, said = lint(ROOT)
    assert code == 0, said


BREAKS = [
    ("rooms", "services/kit/rows.py", "import services.victim_contact.app"),
    ("rooms", "services/kit/rows.py", "import services.ops.cli"),
    ("rooms", "services/victim_contact/app.py", "import services.idva_allocation.app"),
    ("rooms", "services/victim_contact/app.py", "import services.ops.cli"),
    ("rooms", "services/gossip/__init__.py", ""),
    ("said", "contracts/vocabulary.py", "import services.kit.rows"),
    ("inside", "services/victim_contact/extra.py", ""),
    ("inside", "services/victim_contact/working_set.py", "import services.victim_contact.store"),
    ("inside", "services/victim_contact/store.py", "import services.victim_contact.app"),
    ("pure", "services/victim_contact/working_set.py", "import sqlalchemy"),
    ("pure", "services/victim_contact/working_set.py", "import services.kit.database"),
    ("pure", "services/mash_screening/working_set.py", "import aiokafka"),
    ("domain", "services/mash_screening/domain/rag.py", "import pydantic"),
    ("domain", "services/mash_screening/domain/rag.py", "import services.kit.rows"),
    ("domain", "services/mash_screening/domain/rag.py", "import contracts.mash"),
]


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS)
def test_an_import_contract_is_seen_to_fail(
    copy: Path, contract: str, file: str, line: str
) -> None:
    path = copy / file
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        code, said = lint(copy)
    finally:
        restored(path, before)
    assert code != 0
    assert broken_contract(contract) in said


def restored(path: Path, before: str | None) -> None:
    """Undo the break."""
    if before is not None:
        path.write_text(before, "utf-8")
    elif path.name == "__init__.py":
        shutil.rmtree(path.parent)
    else:
        path.unlink()


def broken_contract(contract: str) -> str:
    """How import-linter names a contract that is broken, or a layer it does not know."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [found] = [
        one for one in settings["tool"]["importlinter"]["contracts"] if one["id"] == contract
    ]
    return f"{found['name']} BROKEN"


def allowed_in(source: Source) -> set[str] | None:
    """What a module may import beside the standard library; None = whatever its layer may."""
    if source.path == Path("contracts/vocabulary.py"):
        return set()
    if source.path.parts[0] == "contracts":
        return {"contracts", "pydantic"}
    if source.part == "domain":
        own = f"services.{source.path.parts[1]}.domain"
        extra = MATCHING if source.path.parts[1] == "person_matching" else set()
        return {own, "contracts.vocabulary", WORKING_TIME} | extra
    if source.path.with_suffix("") == Path(*WORKING_TIME.split(".")):
        return set()
    return None


def strangers(source: Source) -> set[str]:
    """Imports that a module may not make."""
    allowed = allowed_in(source)
    return set() if allowed is None else foreign(source, allowed)


def test_contracts_and_domains_import_only_what_they_may() -> None:
    assert {str(source.path): found for source in sources() if (found := strangers(source))} == {}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("contracts/vocabulary.py", "import pydantic"),
        ("contracts/mash.py", "import orjson"),
        ("services/kit/working_time.py", "from services.kit.clock import Clock"),
        ("services/mash_screening/domain/rag.py", "from contracts.mash import Screening"),
        ("services/mash_screening/domain/rag.py", "import rapidfuzz"),
        ("services/person_matching/domain/score.py", "import numpy"),
        ("services/victim_contact/domain/a.py", "from services.kit.rows import Rows"),
    ],
)
def test_a_stranger_in_contracts_or_a_domain_is_seen(path: str, line: str) -> None:
    assert strangers(Source(Path(path), line))


@pytest.mark.parametrize("service", SERVICES)
def test_a_room_is_whole(service: str) -> None:
    folder = ROOT / "services" / service
    here = {path.stem for path in folder.iterdir()}
    assert {"README", "__init__", "__main__", "app", "store", "working_set", "migrations"} <= here
    canvas = (folder / "__init__.py").read_text("utf-8")
    assert all(word in canvas for word in ("hears", "decides", "says"))


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "ops"])
def test_a_services_process_carries_nothing_that_draws_on_a_terminal(service: str) -> None:
    loading = f"import sys, services.kit.running, services.{service}.app"
    asked = [sys.executable, "-c", f"{loading}; print('rich.console' in sys.modules)"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"False"
