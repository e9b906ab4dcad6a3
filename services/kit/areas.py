"""Local policy as data: one validated file per area, a section per service."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from services.kit.mailboxes import fault_of

P = TypeVar("P")

DEFAULT_DIR = str(Path(__file__).resolve().parents[2] / "deploy" / "areas")

MAILBOXES = "mailboxes"


class AreaFileWrong(Exception):  # noqa: N818
    """An area file cannot be used; the message names the file, the section and the field."""


@dataclass(frozen=True)
class Area:
    """An area's file as read: who it is, its policy version, and its sections."""

    area: str
    authority: str
    version: str
    sections: Mapping[str, Mapping[str, Any]]

    def senders_of(self, topic: str) -> tuple[str, ...]:
        """The senders that may use a partner topic here; none listed = not listed in this file."""
        return tuple(self.sections.get("senders", {}).get(topic, ()))

    @property
    def mailboxes(self) -> Mapping[str, str]:
        """An e-mail address or a webhook by the name of an agency, a role or a desk."""
        return self.sections.get(MAILBOXES, {})


@dataclass(frozen=True)
class Policies(Generic[P]):
    """A service's policy in each area; an area nobody knows has the defaults."""

    by_area: Mapping[str, P]
    versions: Mapping[str, str]
    default: P

    def of(self, area: str) -> P:
        """The area's policy, or the defaults of `domain.md`."""
        return self.by_area.get(area, self.default)

    def version_of(self, area: str) -> str:
        """The version to store with a decision."""
        return self.versions.get(area, "default")


def read_areas(area_dir: str | Path = DEFAULT_DIR) -> dict[str, Area]:
    """Every `*.toml` of the folder, by area code, in the order of their names."""
    folder = Path(area_dir)
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise AreaFileWrong(f"no area files (*.toml) in {folder}")
    areas = [_read(path) for path in paths]
    return {area.area: area for area in areas}


def _read(path: Path) -> Area:
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise AreaFileWrong(f"{path.name}: {fault}") from fault
    missing = [name for name in ("area", "authority", "version") if not text.get(name)]
    if missing:
        raise AreaFileWrong(f"{path.name}: {', '.join(missing)} must be given")
    _check_mailboxes(path.name, text.get(MAILBOXES, {}))
    sections = {name: value for name, value in text.items() if isinstance(value, dict)}
    return Area(text["area"], str(text["authority"]), text["version"], sections)


def _check_mailboxes(file: str, table: Any) -> None:
    if not isinstance(table, dict):
        raise AreaFileWrong(f"{file} [{MAILBOXES}]: must be a table of names")
    for name, place in table.items():
        if fault := fault_of(name, place):
            raise AreaFileWrong(f"{file} [{MAILBOXES}] {name}: {fault}")


def policies(areas: Mapping[str, Area], section: str, kind: type[P]) -> Policies[P]:
    """One service's section of every area as its policy dataclass; unknown fields are refused."""
    adapter = TypeAdapter(kind)
    by_area = {code: _policy(area, section, kind, adapter) for code, area in areas.items()}
    versions = {code: area.version for code, area in areas.items()}
    return Policies(by_area, versions, kind())


def _policy(area: Area, section: str, kind: type[P], adapter: TypeAdapter[P]) -> P:
    values = area.sections.get(section, {})
    unknown = set(values) - {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if unknown:
        raise AreaFileWrong(f"{area.area}.toml [{section}]: unknown {', '.join(sorted(unknown))}")
    try:
        return adapter.validate_python(dict(values))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise AreaFileWrong(f"{area.area}.toml [{section}] {where}: {first['msg']}") from fault
