"""Settings module: the project's own, on the database of the harness, for a server that is asked from this machine.

Names that are not in the environment are left alone: see ``environment.environment``.
"""

import json
import os
from importlib import import_module

from .settings_changes import DATABASE, OPEN_SITE, PROJECT_SETTINGS, replaced_databases

globals().update(
    {
        name: value
        for name, value in vars(import_module(os.environ[PROJECT_SETTINGS])).items()
        if name.isupper()
    }
)
if DATABASE in os.environ:
    globals().update(
        DATABASES=replaced_databases(globals().get("DATABASES", {}), json.loads(os.environ[DATABASE]))
    )
if OPEN_SITE in os.environ:
    globals().update(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False)
