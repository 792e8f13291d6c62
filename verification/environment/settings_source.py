"""Variables that a Python file reads, found by parsing it (never by searching its text).

Known forms: ``os.getenv``, ``os.environ.get``, ``os.environ[...]``, ``"X" in os.environ``,
imports and aliases of these, and the project's own helper functions, in the same file or
imported from beside it, that pass a name on to one of them. The dynamic witness
(``observed.py``) stands beside this one for what no parser can see.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from verification.environment.expressions import Default, constants_of, render
from verification.environment.getenv_wrappers import Access, Helper, helpers_of
from verification.environment.model import Finding, Problem, Read
from verification.environment.python_names import READERS, WRITERS, Names, names_of
from verification.errors import CannotRun

UNKNOWN_NAME: Final = "(unknown)"
_DEPTH: Final = 6
"""How many folders above the settings an imported module of the project is looked for."""


@dataclass
class Source:
    """What parsing found; ``findings`` hold what it could not follow."""

    reads: list[Read] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def extend(self, other: "Source") -> None:
        """Add what another file holds."""
        self.reads.extend(other.reads)
        self.findings.extend(other.findings)


def parse(file: Path, *, root: Path | None = None) -> Source:
    """Give the variables that a Python file reads, those of project modules it imports included.

    ``root`` is what file names are shown relative to. Raises ``CannotRun`` for a file that
    is missing, is not UTF-8 or does not parse.
    """
    result = Source()
    modules: dict[Path, _Module] = {}
    _load(file.resolve(), (root or file.parent).resolve(), modules)
    for module in modules.values():
        result.extend(module.source())
    return result


def _load(file: Path, root: Path, modules: dict[Path, "_Module"]) -> "_Module":
    if file not in modules:
        module = modules[file] = _Module(file, _tree(file), _shown(file, root))
        for names, target in module.imports():
            imported = _load(target, root, modules)
            module.adopt(names, imported)
        module.find_helpers()
    return modules[file]


def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    except OSError as error:
        raise CannotRun(
            f"{file}: cannot be read ({error.strerror}); name the project's settings file"
        ) from None
    except UnicodeDecodeError:
        raise CannotRun(f"{file}: is not UTF-8 text; name the project's settings file") from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise CannotRun(f"{file}:{line}: is not valid Python ({error.args[0]}); mend the file") from None


def _shown(file: Path, root: Path) -> str:
    return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)


class _Module:
    """One parsed file."""

    def __init__(self, file: Path, tree: ast.Module, shown: str) -> None:
        self.file, self.tree, self.shown = file, tree, shown
        self.names: Names = names_of(tree)
        self.constants = constants_of(tree)
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.helpers: dict[str, Helper] = {}
        self.own_helpers: dict[str, Helper] = {}

    def imports(self) -> Iterator[tuple[ast.Import | ast.ImportFrom, Path]]:
        """Give the import statements that lead to files of the project, with the file."""
        for node in ast.walk(self.tree):
            match node:
                case ast.ImportFrom(module=name, level=level):
                    stems = [name or ""] + [f"{name or ''}.{each.name}".lstrip(".") for each in node.names]
                case ast.Import(names=imported):
                    stems, level = [each.name for each in imported], 0
                case _:
                    continue
            for stem in stems:
                if stem and (target := self._project_file(stem, level)):
                    yield node, target

    def _project_file(self, name: str, level: int) -> Path | None:
        folders = [self.file.parent, *self.file.parents]
        candidates = [folders[level]] if level else folders[1 : _DEPTH + 1]
        for folder in candidates:
            target = folder.joinpath(*name.split(".")).with_suffix(".py")
            if target.is_file() and target != self.file and "site-packages" not in target.parts:
                return target
        return None

    def adopt(self, statement: ast.Import | ast.ImportFrom, module: "_Module") -> None:
        """Know an imported module's helpers under the names that this one gives them."""
        for each in statement.names:
            bound = each.asname or each.name
            if isinstance(statement, ast.ImportFrom) and each.name in module.own_helpers:
                self.helpers[bound] = module.own_helpers[each.name]
            elif isinstance(statement, ast.ImportFrom) and each.name == "*":
                self.helpers |= module.own_helpers
            elif each.name.split(".")[-1] == module.file.stem:
                self.helpers |= {f"{bound}.{name}": helper for name, helper in module.own_helpers.items()}

    def find_helpers(self) -> None:
        """Find the functions that read a variable whose name they are given, through any depth."""
        while found := {
            name: helper
            for name, helper in helpers_of(self.tree, self.accesses).items()
            if name not in self.helpers
        }:
            self.helpers |= found
            self.own_helpers |= found

    def accesses(self, tree: ast.AST) -> Iterable[Access]:
        """Give every place below ``tree`` where a variable is read."""
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=function) if self.names.is_getter(function):
                    yield self._call(node)
                case ast.Call(func=function) if (
                    helper := self.helpers.get(ast.unparse(function))
                ) is not None:
                    yield helper.access(node)
                case ast.Subscript(value=owner, slice=key, ctx=ast.Load()) if self.names.is_environ(owner):
                    yield Access(node, key, None)
                case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[owner]) if (
                    self.names.is_environ(owner)
                ):
                    yield Access(node, key, None)

    def _call(self, node: ast.Call) -> Access:
        keywords = {each.arg: each.value for each in node.keywords}
        name = node.args[0] if node.args else keywords.get("key")
        default = node.args[1] if len(node.args) > 1 else keywords.get("default")
        return Access(node, name, default)

    def source(self) -> Source:
        """Give the reads of this file and what could not be followed in it."""
        source = Source()
        for access in self.accesses(self.tree):
            match access.name:
                case ast.Constant(value=str(name)):
                    if not self._only_written(access.node):
                        default = self._default(access)
                        source.reads.append(
                            Read(name, self.shown, access.node.lineno, default.text, default.computed)
                        )
                case name if not self._inside_helper(access.node, name):
                    source.findings.append(self._not_literal(access, name))
        source.findings.extend(self._whole_environment())
        return source

    def _default(self, access: Access) -> Default:
        """Give the default of a read, the right side of ``... or "default"`` included."""
        default = render(access.default, self.constants)
        parent = self.parents.get(access.node)
        falls_through = default.text in {None, ""}
        if falls_through and isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or):
            last = parent.values[-1]
            return default if last is access.node else render(last, self.constants)
        return default

    def _only_written(self, node: ast.expr) -> bool:
        """Whether a call sets a variable and drops the value: ``os.environ.setdefault(...)``."""
        match node:
            case ast.Call(func=ast.Attribute(attr="setdefault" | "pop")):
                return isinstance(self.parents.get(node), ast.Expr)
            case _:
                return False

    def _inside_helper(self, node: ast.AST, name: ast.expr | None) -> bool:
        if not isinstance(name, ast.Name):
            return False
        above: ast.AST | None = node
        while above is not None:
            if any(helper.node is above and helper.name == name.id for helper in self.own_helpers.values()):
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

    def _whole_environment(self) -> Iterator[Finding]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and self.names.is_environ(node) and not self._accounted_for(node):
                line = f"{self.shown}:{node.lineno}"
                action = (
                    "read each variable by its name: what the whole environment holds cannot be documented"
                )
                yield Finding(line, "os.environ", Problem.WHOLE_ENVIRONMENT, action)

    def _accounted_for(self, node: ast.expr) -> bool:
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return True
        match self.parents.get(node):
            case ast.Attribute(attr=attribute):
                return attribute in READERS | WRITERS
            case ast.Subscript(value=owner):
                return owner is node
            case ast.Compare(comparators=[owner]):
                return owner is node
            case ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.NamedExpr(value=value):
                return value is node  # an alias, followed by name
            case _:
                return False
