"""The process that loads a project's settings on demand: JSON lines in, JSON lines out.

Started by ``observed.py`` as ``python -m verification.environment.probe MODULE ROOT``. A request is
an object ``{"environment": {...}}``; the answer holds digests, never values, so that no secret
leaves the process. What the settings print goes nowhere.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from verification.environment.recording_environ import Loader, fingerprints

Answer = Callable[[Loader, Mapping[str, Any]], dict[str, Any]]


def serve(answer: Answer) -> None:
    """Answer requests until the input ends."""
    requests, answers = _private_channel()
    loader = Loader(sys.argv[1], Path(sys.argv[2]).resolve())
    for line in requests:
        try:
            reply = answer(loader, json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever the settings raise is the answer
            reply = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


def _private_channel() -> tuple[TextIO, TextIO]:
    """Keep the pipes for ourselves: the project's code gets an empty input, and prints nowhere."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, answers


def load(loader: Loader, request: Mapping[str, Any]) -> dict[str, Any]:
    """Load the settings and say what they came to."""
    try:
        module = loader.load(request["environment"])
    except Exception as error:  # noqa: BLE001 - a refusal to start is an observation
        text = f"{type(error).__name__}: {error}"
        for value in request["environment"].values():
            text = text.replace(value, "***") if len(value) > 5 else text  # noqa: PLR2004 - a word, not a digit
        return {"error": text, **_reads(loader)}
    return {"error": None, "settings": fingerprints(module), "options": ssl_options(module), **_reads(loader)}


def ssl_options(module: ModuleType) -> dict[str, Any]:
    """Give the engine of the default database and its options about TLS."""
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
    serve(load)
