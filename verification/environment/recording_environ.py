"""An ``os.environ`` that records who reads what, and a loader that imports the settings in a given environment.

It runs in a process of the project (see ``probe.py``), never in the harness.
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
"""How many levels of a nested value are compared."""
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
_STANDARD_LIBRARY: Final = str(Path(sysconfig.get_path("stdlib")))
_OWN: Final = str(Path(__file__).resolve().parent.parent)
_TRANSPARENT: Final = frozenset({os.__file__, sys.modules["_collections_abc"].__file__, __file__})
"""Frames between a read and the line that reads."""


@dataclass(frozen=True)
class Observed:
    """One read that took place."""

    variable: str
    default: str | None
    file: str
    line: int
    direct: bool
    """Whether that line reads the variable itself, not through another package."""


class RecordingEnviron(os._Environ):  # type: ignore[type-arg]
    """An ``os.environ`` that records reads, with the line of the project that makes them."""

    _data: dict[bytes, bytes]
    root: str
    reads: set[Observed]
    whole: set[tuple[str, int]]

    @classmethod
    def install(cls, root: Path) -> "RecordingEnviron":
        """Replace ``os.environ``; ``os.getenv`` uses it too."""
        now: Any = os.environ
        recording = cls(now._data, now.encodekey, now.decodekey, now.encodevalue, now.decodevalue)
        recording.root, recording.reads, recording.whole = str(root), set(), set()
        os.environ = recording  # noqa: B003 - it shares the dictionary of the original
        return recording

    def get(self, key: str, default: Any = None) -> Any:
        """Record the read and its default."""
        self._record(key, default)
        try:
            return super().__getitem__(key)
        except KeyError:
            return default

    def __getitem__(self, key: str) -> Any:
        """Record the read."""
        self._record(key, None)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        """Record the test as a read."""
        self._record(str(key), None)
        return self.encodekey(key) in self._data

    def __iter__(self) -> Iterator[Any]:
        """Record that the whole environment is read."""
        if place := self._location():
            self.whole.add(place[:2])
        return super().__iter__()

    def setdefault(self, key: str, value: Any) -> Any:  # type: ignore[override]
        """Set it if it is unset. This is no read: most callers ignore the value."""
        if self.encodekey(key) not in self._data:
            super().__setitem__(key, value)
        return super().__getitem__(key)

    def _record(self, key: str, default: Any) -> None:
        if place := self._location():
            self.reads.add(Observed(str(key), None if default is None else str(default), *place))

    def _location(self) -> tuple[str, int, bool] | None:
        """Return the line of the project that reads, directly or through a library, and whether it is directly."""
        frame: FrameType | None = sys._getframe(2)
        direct = True
        while frame is not None:
            file = frame.f_code.co_filename
            if file in _TRANSPARENT:
                pass
            elif self.is_project(file):
                return file[len(self.root) + 1 :], frame.f_lineno, direct
            elif "importlib" in file or (direct and _is_standard(file)):
                return None  # an import of a library, or the standard library, reads for itself
            else:
                direct = False
            frame = frame.f_back
        return None

    def is_project(self, file: str) -> bool:
        """Whether a file belongs to the project."""
        inside = file.startswith(self.root + os.sep) and not file.startswith(_OWN + os.sep)
        return inside and "site-packages" not in file


def _is_standard(file: str) -> bool:
    return file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file


@dataclass
class Loader:
    """Imports the settings module of one project again and again."""

    settings: str
    root: Path
    recording: RecordingEnviron = field(init=False)

    def __post_init__(self) -> None:
        """Start recording."""
        self.recording = RecordingEnviron.install(self.root)
        self._path = list(sys.path)

    def load(self, environment: Mapping[str, str]) -> ModuleType:
        """Import the settings afresh in exactly this environment. Raises what they raise."""
        os.environ.clear()
        os.environ.update(environment)
        self._forget()
        sys.path[:] = self._path  # some packages add to it each time the project is loaded
        self.recording.reads, self.recording.whole = set(), set()
        return importlib.import_module(self.settings)

    def _forget(self) -> None:
        """Remove the modules of the project from ``sys.modules``, so that each is executed again."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and self.recording.is_project(file):
                del sys.modules[name]


def fingerprints(module: ModuleType) -> dict[str, str]:
    """Return a digest of each setting, which shows a change and reveals no secret."""
    names = [name for name in vars(module) if name.isupper() and not name.startswith("_")]
    return {name: hashlib.sha256(canonical(getattr(module, name)).encode()).hexdigest() for name in names}


def canonical(value: Any, depth: int = _DEPTH) -> str:  # noqa: PLR0911 - one case for each type
    """Return a text that is equal for equal values, also those of two processes."""
    if depth == 0:
        return "..."
    match value:
        case None | bool() | int() | float() | str() | bytes() | PurePath() | date() | time() | timedelta():
            return repr(value)
        case Mapping():
            pairs = sorted(
                (canonical(key, depth - 1), canonical(item, depth - 1)) for key, item in value.items()
            )
            return f"{{{pairs}}}"
        case set() | frozenset():
            return f"set({sorted(canonical(item, depth - 1) for item in value)})"
        case list() | tuple():
            return f"{type(value).__name__}({[canonical(item, depth - 1) for item in value]})"
        case re.Pattern():
            return f"{value.pattern!r}/{value.flags}"
        case _:
            inside = getattr(value, "__dict__", None)
            name = f"{type(value).__module__}.{type(value).__qualname__}"
            if inside and not callable(value):
                return f"{name}{canonical(inside, depth - 1)}"
            return f"{name} {_ADDRESS.sub('', repr(value))}"
