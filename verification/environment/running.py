"""The project as it runs: which of its files are loaded, and which variables they read, from start to first answer.

In the process of ``probe.py``: each run is a fork, so that the next import of the settings finds nothing of it.
"""

import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any, Final
from unittest.mock import patch

from .recording_environ import Loader

PREVENTED: Final = "connections of the database are not wanted here"


def run(loader: Loader, request: Mapping[str, Any]) -> dict[str, Any]:
    """Start the project as web server and worker do, and ask for the health path once; call it in a fork."""
    loader.load(request["environment"])
    os.environ["DJANGO_SETTINGS_MODULE"] = loader.settings
    import django
    from django.conf import settings

    django.setup()
    for name in (settings.ROOT_URLCONF, request["wsgi"]):
        if name:
            importlib.import_module(str(name).partition(":")[0])
    if request["celery_app"]:
        module, _, attribute = str(request["celery_app"]).partition(":")
        app = getattr(importlib.import_module(module), attribute or "app")
        app.loader.import_default_modules()  # as a worker does: the modules with tasks
    if request["health_path"]:
        _ask(str(request["health_path"]))
    recording = loader.recording
    files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    return {
        "reads": [astuple(read) for read in recording.reads],
        "files": sorted(file for file in files if file.endswith(".py") and recording.is_project(file)),
    }


def _ask(path: str) -> None:
    """Make one request. What comes of it is judged elsewhere; no connection to a database is made."""
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.test import Client

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError(PREVENTED)

    with patch.object(BaseDatabaseWrapper, "connect", refuse):
        Client(raise_request_exception=False).get(path)
