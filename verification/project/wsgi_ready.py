"""The project's WSGI application, which says in the log when it is loaded: no request has to find out."""

import os
from importlib import import_module
from typing import Final

APPLICATION: Final = "VERIFICATION_APPLICATION"
LOADED: Final = "verification: the application is loaded"

_module, _, _name = os.environ.get(APPLICATION, "").partition(":")
if _module:
    application = getattr(import_module(_module), _name or "application")
    os.write(2, f"{LOADED}\n".encode())
