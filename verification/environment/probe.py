"""The process that loads a project's settings on request.

Started by ``settings_process.py`` as ``python -m <package>.environment.probe MODULE ROOT``. A request is
an object ``{"environment": {...}}``; the answer holds digests, never values, so that no secret
leaves the process. What the settings print goes nowhere.
"""

import sys
from collections.abc import Mapping
from dataclasses import astuple
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from ..processes.serve import in_fork, serve
from .recording_environ import Loader, fingerprints
from .running import run

OTHERS: Final = frozenset({"channel_binding", "gssencmode", "require_auth", "requiressl"})
"""libpq's keywords about security whose names do not begin with ``ssl``."""


def load(loader: Loader, request: Mapping[str, Any]) -> dict[str, Any]:
    """Load the settings and return what they came to; with ``wsgi`` in the request, run the project."""
    if "wsgi" in request:
        return in_fork(partial(run, loader, request)).answer or {"error": "the project does not start"}
    try:
        module = loader.load(request["environment"])
    except Exception as error:  # noqa: BLE001 - a refusal to start is an observation
        text = f"{type(error).__name__}: {error}"
        for value in request["environment"].values():
            text = text.replace(value, "***") if len(value) > 5 else text  # noqa: PLR2004 - a word, not a digit
        return {"error": text, **_reads(loader)}
    return {"error": None, "settings": fingerprints(module), "options": ssl_options(module), **_reads(loader)}


def ssl_options(module: ModuleType) -> dict[str, Any]:
    """Return alias -> its engine and its options about TLS."""
    return {
        alias: {
            "engine": str(database.get("ENGINE")),
            "ssl": {
                keyword: str(value)
                for keyword, value in (database.get("OPTIONS") or {}).items()
                if keyword.startswith("ssl") or keyword in OTHERS
            },
        }
        for alias, database in (getattr(module, "DATABASES", None) or {}).items()
    }


def _reads(loader: Loader) -> dict[str, Any]:
    recording = loader.recording
    return {"reads": [astuple(read) for read in recording.reads], "whole": sorted(recording.whole)}


if __name__ == "__main__":
    serve(partial(load, Loader(sys.argv[1], Path(sys.argv[2]).resolve())), silent=True)
