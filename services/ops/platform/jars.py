"""Kafka's jars: fetched once from their Maven coordinates, each checked against `kafka.lock`."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import jgo.maven
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from services.ops.platform.cache import alone
from services.ops.platform.missing import PlatformMissing

LOCK = Path(__file__).with_name("kafka.lock")
WANTED = ("org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36")
AT_ONCE = 8
TIMEOUT = 60


@dataclass(frozen=True)
class Jar:
    """A jar by its coordinate, with the size and the SHA-256 it must have."""

    coordinate: str
    size: int
    sha256: str

    def intact(self, path: Path) -> bool:
        """Whether the file is this jar, to the byte."""
        if not path.exists() or path.stat().st_size != self.size:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


def locked() -> list[Jar]:
    """The jars of `kafka.lock`, a line each: coordinate, size, SHA-256."""
    lines = (line.split() for line in LOCK.read_text(encoding="utf-8").splitlines())
    return [Jar(parts[0], int(parts[1]), parts[2]) for parts in lines if len(parts) == 3]


def classpath(console: Console | None = None) -> str:
    """The class path of the broker; what is missing from the cache is downloaded."""
    jars = locked()
    with alone("maven") as folder:
        context = _context(folder)
        paths = {jar: _cached(context, jar) for jar in jars}
        absent = [jar for jar, path in paths.items() if not jar.intact(path)]
        if absent:
            _download(absent, paths, context, console or Console(stderr=True))
    return ":".join(str(path) for path in paths.values())


def relock() -> None:
    """Resolve `WANTED` anew and write `kafka.lock`: for whoever raises the broker's version."""
    with alone("maven") as folder:
        context = _context(folder)
        wanted = [context.create_dependency(each) for each in WANTED]
        named, found = context.resolver.resolve(wanted)
        needed = [*named, *(each for each in found if each.scope in ("compile", "runtime"))]
        jars = [each.artifact for each in needed if each.artifact.packaging == "jar"]
        LOCK.write_text("".join(sorted(_lock_lines(jars))), encoding="utf-8")


def _lock_lines(artifacts: Iterable[jgo.maven.Artifact]) -> Iterator[str]:
    for each in artifacts:
        content = Path(each.resolve()).read_bytes()
        coordinate = f"{each.groupId}:{each.artifactId}:{each.version}"
        yield f"{coordinate} {len(content)} {hashlib.sha256(content).hexdigest()}\n"


def _context(folder: Path) -> jgo.maven.MavenContext:
    logging.getLogger("jgo").setLevel(logging.ERROR)
    return jgo.maven.MavenContext(repo_cache=folder / "maven", timeout=TIMEOUT)


def _cached(context: jgo.maven.MavenContext, jar: Jar) -> Path:
    path = context.create_dependency(jar.coordinate).artifact.cached_path
    if path is None:
        raise PlatformMissing("There is no folder to keep Kafka's jars in: set ONWARD_CACHE.")
    return path


def _download(
    absent: list[Jar],
    paths: dict[Jar, Path],
    context: jgo.maven.MavenContext,
    console: Console,
) -> None:
    columns = (TextColumn("Fetching Kafka"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar, ThreadPoolExecutor(AT_ONCE) as pool:
        task = bar.add_task("", total=sum(jar.size for jar in absent))
        running = {pool.submit(_fetch, context, jar, paths[jar]): jar for jar in absent}
        for done in as_completed(running):
            done.result()
            bar.advance(task, running[done].size)


def _fetch(context: jgo.maven.MavenContext, jar: Jar, path: Path) -> None:
    path.unlink(missing_ok=True)
    try:
        context.create_dependency(jar.coordinate).artifact.resolve()
    except (RuntimeError, OSError) as fault:
        path.unlink(missing_ok=True)
        raise PlatformMissing(
            f"Kafka's {jar.coordinate} could not be downloaded ({type(fault).__name__}): "
            "the first start needs a Maven repository within reach."
        ) from fault
    if not jar.intact(path):
        path.unlink(missing_ok=True)
        raise PlatformMissing(f"{jar.coordinate} is not the file that kafka.lock names.")
