"""The process that loads a project's settings on request.

Started by ``settings_process.py`` as ``python -m verification.environment.probe MODULE ROOT``. A request is
an object ``{"environment": {...}}``; the answer holds digests, never values, so that no secret
leaves the process. What the settings print goes nowhere.
"""

import sys
from collections.abc import Mapping
from dataclasses import astuple
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from verification.environment.recording_environ import Loader, fingerprints
from verification.processes.serve import serve


def load(loader: Loader, request: Mapping[str, Any]) -> dict[str, Any]:
    """Load the settings and return what they came to."""
    try:
        module = loader.load(request["environment"])
    except Exception as error:  # noqa: BLE001 - a refusal to start is an observation
        text = f"{type(error).__name__}: {error}"
        for value in request["environment"].values():
            text = text.replace(value, "***") if len(value) > 5 else text  # noqa: PLR2004 - a word, not a digit
        return {"error": text, **_reads(loader)}
    return {"error": None, "settings": fingerprints(module), "options": ssl_options(module), **_reads(loader)}


def ssl_options(module: ModuleType) -> dict[str, Any]:
    """Return the engine of the default database and its options about TLS."""
    database = getattr(module, "DATABASES", {}).get("default", {})
    options = database.get("OPTIONS", {})
    return {
        "engine": database.get("ENGINE"),
        "ssl": {key: str(value) for key, value in options.items() if key.startswith("ssl")},
    }


def _reads(loader: Loader) -> dict[str, Any]:
    recording = loader.recording
    return {"reads": [astuple(read) for read in recording.reads], "whole": sorted(recording.whole)}


if __name__ == "__main__":
    serve(partial(load, Loader(sys.argv[1], Path(sys.argv[2]).resolve())), silent=True)
