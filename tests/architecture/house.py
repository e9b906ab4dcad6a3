"""The house rules that a program can see, each a function from source text to findings."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BANNED = {"utils", "helpers", "common", "manager", "base", "core", "data", "info", "misc"}
BANNED |= {"util", "helper", "process", "processor", "handle"}
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 300, 400, 50
DEEPEST, MOST_ARGUMENTS = 3, 5
FRAMEWORK_DECORATORS = {"command", "callback", "get", "post", "put", "delete"}
"""Functions whose arguments are options or a request's parts, named by the framework."""
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
CHANCE = {"random", "secrets", "uuid1", "uuid4", "uuid7"}
PERSONAL = frozenset(
    {
        "given_names",
        "family_name",
        "previous_family_names",
        "known_as",
        "date_of_birth",
        "nhs_number",
        "address",
        "previous_addresses",
        "phones",
        "number",
        "emails",
        "email",
        "postcode",
        "circumstances",
        "school_summary",
        "action_taken",
        "voice",
        "safe_contact",
        "suspect_name",
        "payload",
        "body",
        "value",
        "text",
        "data",
    }
)
"""What may not be an argument of a log line."""
LOGGED = {"debug", "info", "warning", "error", "exception", "critical", "msg"}
PROMISES = re.compile(
    r"# .*\b(TODO|FIXME|XXX|HACK)\b|#\s*(issue|ticket|see)?\s*#\d+", re.IGNORECASE
)
SQL_CLOCK = re.compile(r"\bnow\(\)|current_timestamp|localtimestamp|clock_timestamp", re.IGNORECASE)
SQL = re.compile(r"\b(select|insert|update|delete|where|default)\b", re.IGNORECASE)
EXCUSED = {
    "contracts/vocabulary.py": "every id and code that everyone shares stands in one place",
    "contracts/partner.py": "what partners are promised is read as one document",
}
"""Files that may be longer, and why."""
SERVICES = (
    "police_notifications",
    "person_matching",
    "mash_screening",
    "school_alerts",
    "idva_allocation",
    "victim_contact",
)


@dataclass(frozen=True)
class Source:
    """A file as read."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text)

    @property
    def is_test(self) -> bool:
        """Whether it tests."""
        return self.path.parts[0] == "tests"

    @property
    def part(self) -> str:
        """Which part of a service it is in, such as `handlers`; else empty."""
        parts = self.path.with_suffix("").parts
        in_service = len(parts) > 2 and parts[0] == "services" and parts[1] in SERVICES
        return parts[2] if in_service else ""


Rule = Callable[[Source], Iterator[str]]


def sources(root: Path = ROOT) -> list[Source]:
    """Every module of ours."""
    paths = [
        path for top in ("contracts", "services", "tests") for path in (root / top).rglob("*.py")
    ]
    return [Source(path.relative_to(root), path.read_text("utf-8")) for path in sorted(paths)]


def too_long(source: Source) -> Iterator[str]:
    """Files and functions past the limit; a migration lists its tables as long as it must."""
    limit = LONGEST_TEST if source.is_test else LONGEST_FILE
    lines = source.text.count("\n")
    if lines > limit and source.path.as_posix() not in EXCUSED:
        yield f"{lines} lines"
    if "migrations" in source.path.parts:
        return
    for function in functions(source.tree):
        if (lines := length(function)) > LONGEST_FUNCTION:
            yield f"{function.name}: {lines} lines"


def too_deep(source: Source) -> Iterator[str]:
    """Functions that nest too deeply."""
    for function in functions(source.tree):
        if (depth := _depth(function.body)) > DEEPEST:
            yield f"{function.name}: {depth} blocks within each other"


def too_many_arguments(source: Source) -> Iterator[str]:
    """Functions that take too much; options of a command aside."""
    for function in functions(source.tree):
        if source.is_test or _decorators(function) & FRAMEWORK_DECORATORS:
            continue
        names = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        count = len([one for one in names if one.arg not in ("self", "cls")])
        if count > MOST_ARGUMENTS:
            yield f"{function.name}: {count} arguments"


def banned_names(source: Source) -> Iterator[str]:
    """Files, classes and functions whose name says nothing."""
    names = [source.path.stem]
    names += [one.name for one in ast.walk(source.tree) if isinstance(one, ast.ClassDef)]
    names += [one.name for one in functions(source.tree)]
    for name in names:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
        if names.index(name) == 0 and found_in(words):
            yield f"the file's name: {name}"
        elif name.lower().strip("_") in BANNED or re.match(r"(handle|process)_[a-z]", name):
            yield f"the name {name}"


def found_in(words: list[str]) -> set[str]:
    """The banned words among a name's."""
    return BANNED & set(words)


def no_opening_sentence(source: Source) -> Iterator[str]:
    """Modules, classes and public functions that do not open with a sentence."""
    if not (said := ast.get_docstring(source.tree)) and source.text.strip():
        yield "no opening sentence"
    elif said and not _first_line(said).rstrip().endswith((".", ":")) and "\n" not in said:
        yield "the opening sentence has no end"
    if source.is_test or "migrations" in source.path.parts:
        return
    for one in _named_things(source.tree):
        if not one.name.startswith("_") and not ast.get_docstring(one):
            yield f"{one.name}: no docstring"


def promises(source: Source) -> Iterator[str]:
    """Comments that promise or point at tickets."""
    if source.is_test:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if PROMISES.search(line):
            yield f"line {number}: a promise or a ticket"


def clocks(source: Source) -> Iterator[str]:
    """Time or chance read where it must be an argument."""
    if source.part not in ("domain", "handlers", "working_set", "store"):
        return
    for call in calls(source.tree):
        if (_owner(call), _name(call)) in CLOCKS or {_owner(call), _name(call)} & CHANCE:
            yield f"line {call.lineno}: {_owner(call)}.{_name(call)}"


def sql_clocks(source: Source) -> Iterator[str]:
    """The database's clock in a query: under a steered clock it is wrong."""
    if source.is_test:
        return
    for one in ast.walk(source.tree):
        text = one.value if isinstance(one, ast.Constant) else None
        if isinstance(text, str) and SQL_CLOCK.search(text) and SQL.search(text):
            yield f"a query with the database's clock: {SQL_CLOCK.search(text)}"


def personal_in_logs(source: Source) -> Iterator[str]:
    """Log lines that take something personal, or a text made of values."""
    if source.is_test:
        return
    for call in calls(source.tree):
        if _name(call) not in LOGGED or "log" not in _owner(call).lower():
            continue
        for given in call.keywords:
            if given.arg is None or given.arg in PERSONAL or _ends_personal(given.value):
                yield f"line {call.lineno}: logs {given.arg or '**'}"
        if any(not isinstance(given, ast.Constant) for given in call.args):
            yield f"line {call.lineno}: logs a text made of values"


def printing(source: Source) -> Iterator[str]:
    """Prints outside the console, where they would reach no structured log."""
    if source.is_test or source.path.parts[:2] == ("services", "ops"):
        return
    for call in calls(source.tree):
        if _owner(call) == "" and _name(call) == "print":
            yield f"line {call.lineno}: prints"


RULES: tuple[Rule, ...] = (
    too_long,
    too_deep,
    too_many_arguments,
    banned_names,
    no_opening_sentence,
    promises,
    clocks,
    sql_clocks,
    personal_in_logs,
    printing,
)


def imported(source: Source) -> set[str]:
    """What a module imports, by full dotted name."""
    found: set[str] = set()
    for one in ast.walk(source.tree):
        if isinstance(one, ast.Import):
            found |= {name.name for name in one.names}
        elif isinstance(one, ast.ImportFrom) and one.module:
            found.add(one.module)
    return found


def foreign(source: Source, allowed: set[str]) -> set[str]:
    """Imports that are neither the standard library's nor of an allowed package or module."""
    return {
        name
        for name in imported(source)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(name == one or name.startswith(f"{one}.") for one in allowed)
    }


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return [
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """A function's lines, its docstring aside."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None:
        return lines
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1)


def calls(tree: ast.AST) -> list[ast.Call]:
    """Every call."""
    return [one for one in ast.walk(tree) if isinstance(one, ast.Call)]


def _depth(body: list[ast.stmt]) -> int:
    deepest = 0
    for one in body:
        if isinstance(one, BLOCKS):
            deepest = max(deepest, 1 + _inside(one))
    return deepest


def _inside(block: ast.stmt) -> int:
    bodies = [getattr(block, name, []) for name in ("body", "finalbody")]
    bodies += [handler.body for handler in getattr(block, "handlers", [])]
    bodies += [case.body for case in getattr(block, "cases", [])]
    deepest = max((_depth(body) for body in bodies), default=0)
    orelse = getattr(block, "orelse", [])
    chained = len(orelse) == 1 and isinstance(orelse[0], ast.If)
    return max(deepest, _depth(orelse) - (1 if chained else 0))


def _decorators(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    plain = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    return {one.attr for one in plain if isinstance(one, ast.Attribute)}


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _owner(call: ast.Call) -> str:
    if not isinstance(call.func, ast.Attribute):
        return ""
    owner = call.func.value
    return owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")


def _named_things(
    tree: ast.Module,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Classes, their methods, and functions; not what stands within a function."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield one
        if isinstance(one, ast.ClassDef):
            waiting += one.body


def _ends_personal(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr in PERSONAL


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
