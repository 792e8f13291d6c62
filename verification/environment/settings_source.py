"""Variables that a Python file reads, found by parsing it.

Known forms: ``os.getenv``, ``os.environ.get``, ``os.environ[...]``, ``"X" in os.environ``, imports and aliases
of these, and functions of the project that pass a name on to one of them, in the same file or in a project
file that it imports. What no parser can see is observed at run time (``effects.py``).
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ..errors import CannotRun
from .composed_names import Composed, composed
from .conditional_defaults import default_beside
from .expressions import Default, render
from .getenv_wrappers import Access, GetenvWrapper, wrappers_in
from .libraries import Libraries
from .loops import turns
from .model import WHOLE_ENVIRONMENT, Finding, Problem, Read
from .module_names import ModuleNames
from .named_files import display_name, read_text
from .project_imports import project_imports
from .pydantic_settings import field_reads
from .unfollowed import compared_texts, mentions, unfollowed_libraries, values_of_dicts
from .whole_environment import whole_reads

UNKNOWN_NAME: Final = "(unknown)"
_ADVICE: Final = "name the project's settings file"


@dataclass
class Source:
    """What parsing found; ``findings`` are the reads that it could not follow."""

    reads: list[Read] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    literals: set[str] = field(default_factory=set)
    """Texts that the source compares with something: a variable may have an effect with one of them alone."""
    written: set[str] = field(default_factory=set)
    """Variables that the project sets itself."""
    mentions: dict[str, str] = field(default_factory=dict)
    """Text given to a call that is not followed -> its place, and what it is given to."""
    libraries: dict[str, str] = field(default_factory=dict)
    """Library that is not followed -> place of its import."""

    def extend(self, other: "Source") -> None:
        """Add the reads and findings of another file."""
        self.reads.extend(other.reads)
        self.findings.extend(other.findings)
        self.literals |= other.literals
        self.written |= other.written
        self.mentions |= other.mentions
        self.libraries |= other.libraries


def parse(*files: Path, root: Path | None = None) -> Source:
    """Return the variables that Python files and the project modules they import read.

    File names in the result are relative to ``root``. Raises ``CannotRun`` if a file is missing, is not UTF-8
    or does not parse.
    """
    result = Source()
    modules: dict[Path, _Module] = {}
    for file in files:
        _load(file.resolve(), (root or file.parent).resolve(), modules)
    for module in modules.values():
        result.extend(module.source())
    return result


def _load(file: Path, root: Path, modules: dict[Path, "_Module"]) -> "_Module":
    if file not in modules:
        module = modules[file] = _Module(_tree(file), display_name(file, root))
        for statement, target in project_imports(module.tree, file):
            module.names.add_imported(statement, target, _load(target, root, modules).names)
        module.find()
    return modules[file]


def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(read_text(file, _ADVICE), filename=str(file))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise CannotRun(f"{file}:{line}: is not valid Python ({error.args[0]})", "fix the file") from None


class _Module:
    """One parsed file."""

    def __init__(self, tree: ast.Module, shown: str) -> None:
        self.tree, self.shown = tree, shown
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.names = ModuleNames(Libraries(self.parents))
        self.own_wrappers: dict[str, GetenvWrapper] = {}

    def find(self) -> None:
        """Find what reads: names, and functions that read a variable named by a parameter or call one that does."""
        self.names.find(self.tree)
        while new := {
            name: wrapper
            for name, wrapper in wrappers_in(self.tree, self.accesses, self.parents).items()
            if name not in self.own_wrappers
        }:
            self.own_wrappers |= new
            self.names.wrappers |= new
            self.names.find_instances(self.tree)

    def accesses(self, tree: ast.AST) -> Iterable[Access]:
        """Return every place below ``tree`` where a variable is read."""
        if isinstance(tree, ast.Module):
            yield from field_reads(tree, self.names.classes)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=function) if self.names.aliases.is_getter(function):
                    yield self._call(node)
                case ast.Call() if found := self.names.libraries.accesses(node):
                    yield from found
                case ast.Call(func=function) if (
                    wrapper := self.names.wrappers.get(ast.unparse(function))
                ) is not None:
                    yield from wrapper.accesses(node)
                case ast.Subscript(value=owner, slice=key, ctx=ast.Load()) if self.names.aliases.is_environ(
                    owner
                ):
                    yield Access(node, key, None)
                case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[owner]) if (
                    self.names.aliases.is_environ(owner)
                ):
                    yield Access(node, key, None)

    def _call(self, node: ast.Call) -> Access:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        name = node.args[0] if node.args else keywords.get("key")
        default = node.args[1] if len(node.args) > 1 else keywords.get("default")
        return Access(node, name, default)

    def source(self) -> Source:
        """Return the reads of this file and a finding for each that could not be followed."""
        source = Source()
        set_before: dict[str, Read] = {}
        asked: list[Read] = []
        for access, constants in self._turns():
            match self._named(access.name, constants):
                case ast.Constant(value=str(name)):
                    default = self._default(access, constants)
                    read = Read(
                        name,
                        self.shown,
                        access.node.lineno,
                        default.text,
                        default.computed,
                        default.otherwise,
                    )
                    if self._only_written(access.node):
                        set_before[name] = read
                    elif isinstance(access.node, ast.Compare):
                        asked.append(read)
                    else:
                        source.reads.append(read)
                case name if not self._inside_wrapper(access.node, name):
                    source.findings.append(self._not_literal(access, name))
                    where = f"{self.shown}:{access.node.lineno}: {ast.unparse(access.node)}"
                    source.mentions |= dict.fromkeys(values_of_dicts(self.tree, name), where)
        values = {read.variable for read in source.reads}
        source.reads += [read for read in asked if read.variable not in values]
        source.reads = [
            replace(read, default=before.default, computed=before.computed)
            if read.default is None and (before := set_before.get(read.variable))
            else read
            for read in source.reads
        ]
        source.findings += [
            Finding(f"{self.shown}:{line}", "os.environ", Problem.WHOLE_ENVIRONMENT, WHOLE_ENVIRONMENT)
            for line in whole_reads(self.tree, self.parents, self.names.aliases)
        ]
        source.written |= set(self._written())
        source.literals |= compared_texts(self.tree)
        source.mentions |= {text: f"{self.shown}:{line}: {what}" for text, line, what in mentions(self.tree)}
        source.libraries |= {name: f"{self.shown}:{line}" for name, line in unfollowed_libraries(self.tree)}
        return source

    def _turns(self) -> Iterator[tuple[Access, Mapping[str, ast.expr]]]:
        """Return each read with the constants of the module, once for each turn of a loop that gives its name."""
        for access in self.accesses(self.tree):
            for turn in turns(access.node, access.name, self.parents, self.names.constants):
                yield access, {**self.names.constants, **turn}

    def _named(self, name: ast.expr | None, constants: Mapping[str, ast.expr]) -> ast.expr | None:
        """Return the name of a variable, put together where its parts are literals or constants."""
        match name:
            case ast.Name(id=constant) if isinstance(constants.get(constant), ast.Constant):
                return constants[constant]
        found = composed(name, constants)
        return name if isinstance(found, Composed) else found

    def _written(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            match node:
                case ast.Subscript(value=owner, slice=key, ctx=ast.Store()) if self.names.aliases.is_environ(
                    owner
                ):
                    match self._named(key, self.names.constants):
                        case ast.Constant(value=str(name)):
                            yield name

    def _default(self, access: Access, constants: Mapping[str, ast.expr]) -> Default:
        """Return the default of a read, which may stand beside it: ``... or "default"``."""
        default = render(access.default, constants)
        if default.text not in {None, ""}:
            return default
        beside = default_beside(access.node, self.parents)
        if beside is None:
            return default
        rendered = render(beside.value, constants)
        return rendered if beside.unset else replace(default, otherwise=rendered.text)

    def _only_written(self, node: ast.expr) -> bool:
        """Whether a call only writes: ``os.environ.setdefault(...)`` with its value unused."""
        match node:
            case ast.Call(func=ast.Attribute(attr="setdefault" | "pop")):
                return isinstance(self.parents.get(node), ast.Expr)
            case _:
                return False

    def _inside_wrapper(self, node: ast.AST, name: ast.expr | None) -> bool:
        found = composed(name, {})
        inner = found.inner if isinstance(found, Composed) else found
        if not isinstance(inner, ast.Name):
            return False
        above: ast.AST | None = node
        while above is not None:
            if any(
                wrapper.node is above and wrapper.name == inner.id for wrapper in self.own_wrappers.values()
            ):
                return True
            above = self.parents.get(above)
        return False

    def _not_literal(self, access: Access, name: ast.expr | None) -> Finding:
        written = ast.unparse(name) if name is not None else UNKNOWN_NAME
        return Finding(
            f"{self.shown}:{access.node.lineno}",
            written,
            Problem.NAME_NOT_LITERAL,
            "write the variable's name as a literal where it is read, so that it can be documented",
        )
