"""Loads a project's settings again and again in one process, each time in another environment.

Runs inside the project's process (see ``probe.py``), never in the harness's own.
"""

import hashlib
import importlib
import os
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path, PurePath
from types import FrameType, ModuleType
from typing import Any, Final

_DEPTH: Final = 12
"""How deep values are looked into; settings are shallow."""
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
_STANDARD_LIBRARY: Final = str(Path(sysconfig.get_path("stdlib")))
_OWN: Final = str(Path(__file__).resolve().parent.parent)
_TRANSPARENT: Final = frozenset({os.__file__, sys.modules["_collections_abc"].__file__, __file__})
"""Frames that stand between a read and the line that asked for it."""


@dataclass(frozen=True)
class Observed:
    """One read, as it happened."""

    variable: str
    default: str | None
    file: str
    line: int
    direct: bool
    """Whether that line reads it itself, not through another package."""


class Recording(os._Environ):  # type: ignore[type-arg]
    """``os.environ``, which also notes who reads what."""

    _data: dict[bytes, bytes]
    root: str
    reads: set[Observed]
    whole: set[tuple[str, int]]

    @classmethod
    def install(cls, root: Path) -> "Recording":
        """Take the place of ``os.environ``; ``os.getenv`` goes through it too."""
        now: Any = os.environ
        recording = cls(now._data, now.encodekey, now.decodekey, now.encodevalue, now.decodevalue)
        recording.root, recording.reads, recording.whole = str(root), set(), set()
        os.environ = recording  # noqa: B003 - it shares the process's own store
        return recording

    def get(self, key: str, default: Any = None) -> Any:
        """Note the read and its default."""
        self._note(key, default)
        try:
            return super().__getitem__(key)
        except KeyError:
            return default

    def __getitem__(self, key: str) -> Any:
        """Note the read."""
        self._note(key, None)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        """Note the question."""
        self._note(str(key), None)
        return self.encodekey(key) in self._data

    def __iter__(self) -> Iterator[Any]:
        """Note that somebody reads everything."""
        if place := self._place():
            self.whole.add(place[:2])
        return super().__iter__()

    def setdefault(self, key: str, value: Any) -> Any:  # type: ignore[override]
        """Set it where it is unset: a write, whoever drops the value."""
        if self.encodekey(key) not in self._data:
            super().__setitem__(key, value)
        return super().__getitem__(key)

    def _note(self, key: str, default: Any) -> None:
        if place := self._place():
            self.reads.add(Observed(str(key), None if default is None else str(default), *place))

    def _place(self) -> tuple[str, int, bool] | None:
        """Give the line of the project that reads, through a library of settings perhaps."""
        frame: FrameType | None = sys._getframe(2)
        direct = True
        while frame is not None:
            file = frame.f_code.co_filename
            if file in _TRANSPARENT:
                pass
            elif self.is_project(file):
                return file[len(self.root) + 1 :], frame.f_lineno, direct
            elif "importlib" in file or (direct and _is_standard(file)):
                return None  # a library's own import, or a part of Python, reads for itself
            else:
                direct = False
            frame = frame.f_back
        return None

    def is_project(self, file: str) -> bool:
        """Whether a file is the project's own."""
        inside = file.startswith(self.root + os.sep) and not file.startswith(_OWN + os.sep)
        return inside and "site-packages" not in file


def _is_standard(file: str) -> bool:
    return file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file


@dataclass
class Loader:
    """The settings module of one project."""

    settings: str
    root: Path
    recording: Recording = field(init=False)

    def __post_init__(self) -> None:
        """Start to record."""
        self.recording = Recording.install(self.root)
        self._path = list(sys.path)

    def load(self, environment: Mapping[str, str]) -> ModuleType:
        """Import the settings anew in exactly this environment; their errors are the caller's."""
        os.environ.clear()
        os.environ.update(environment)
        self._forget()
        sys.path[:] = self._path  # some packages add to it each time the project is loaded
        self.recording.reads, self.recording.whole = set(), set()
        return importlib.import_module(self.settings)

    def _forget(self) -> None:
        """Drop the modules of the project, so that each is executed again."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and self.recording.is_project(file):
                del sys.modules[name]


def fingerprints(module: ModuleType) -> dict[str, str]:
    """Give a digest of each setting: enough to see a change, and no secret in it."""
    names = [name for name in vars(module) if name.isupper() and not name.startswith("_")]
    return {name: hashlib.sha256(canonical(getattr(module, name)).encode()).hexdigest() for name in names}


def canonical(value: Any, depth: int = _DEPTH) -> str:  # noqa: PLR0911 - one answer a type
    """Give a text that is equal for equal values, whichever process made them."""
    if depth == 0:
        return "..."
    match value:
        case None | bool() | int() | float() | str() | bytes() | PurePath() | date() | time() | timedelta():
            return repr(value)
        case Mapping():
            pairs = sorted(
                (canonical(key, depth - 1), canonical(each, depth - 1)) for key, each in value.items()
            )
            return f"{{{pairs}}}"
        case set() | frozenset():
            return f"set({sorted(canonical(each, depth - 1) for each in value)})"
        case list() | tuple():
            return f"{type(value).__name__}({[canonical(each, depth - 1) for each in value]})"
        case re.Pattern():
            return f"{value.pattern!r}/{value.flags}"
        case _:
            inside = getattr(value, "__dict__", None)
            name = f"{type(value).__module__}.{type(value).__qualname__}"
            if inside and not callable(value):
                return f"{name}{canonical(inside, depth - 1)}"
            return f"{name} {_ADDRESS.sub('', repr(value))}"
