"""Variables without which settings do not load: which one an error is about, and what to set it to."""

import re
from typing import Final

from ..environment.model import SECRET_NAME
from ..project.configuration import random_secret

_NAME: Final = r"([A-Za-z_][A-Za-z0-9_]*)"
_MESSAGES: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"^['\"]{_NAME}['\"]$",  # KeyError of os.environ
        rf"Set the {_NAME} environment variable",  # django-environ
        rf"^{_NAME} not found\. Declare it as envvar",  # python-decouple
        rf"[Ee]nvironment variable ['\"]{_NAME}['\"] not set",  # environs
        rf"^{_NAME}\n +Field required",  # pydantic-settings
        rf"environment variable:? ['\"`]?{_NAME}\b",
        r"\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b",  # people's own messages
        r"\b(SECRET_KEY|DEBUG|DATABASE_URL)\b",
    )
)
NO_DATABASE: Final = "verification"
_VALUES: Final = (
    (
        r"DATABASE_URL$|_DSN$|DB_URL$",
        f"postgresql://{NO_DATABASE}:{NO_DATABASE}@127.0.0.1:5432/{NO_DATABASE}",
    ),
    (r"(REDIS|BROKER|CELERY|CACHE).*URL$|REDIS", "redis://127.0.0.1:6379/0"),
    (r"EMAIL_URL$", "smtp://localhost:25"),
    (r"URL$|URI$|ENDPOINT$|ORIGINS?$", "https://verification.example"),
    (r"PORT$", "5432"),
    (r"HOSTS?$", "localhost"),
    (r"EMAIL|FROM", "verification@verification.example"),
    (r"DEBUG$|^(USE|ENABLE|IS)_|ENABLED$", "False"),
    (r"TIMEOUT|SECONDS|COUNT|SIZE|_AGE$|NUM", "1"),
)


def variable_in(message: str, kind: str) -> str:
    """Return the variable that an error of this class says is missing; empty: none is named."""
    text = f"'{message}'" if kind == "KeyError" and not message.startswith(("'", '"')) else message
    for pattern in _MESSAGES:
        if found := pattern.search(text):
            # The fields of pydantic-settings are spelt as attributes.
            return found[1].upper() if "Field required" in pattern.pattern else found[1]
    return ""


def value_for(name: str, tried: int = 0) -> str:
    """Return a value with which settings load; no service is there. ``tried``: how many values did not do."""
    if tried:
        return ("1", "localhost", "[]", "{}")[min(tried, 4) - 1]
    if is_secret(name):
        return random_secret(name)
    return next((value for pattern, value in _VALUES if re.search(pattern, name.upper())), NO_DATABASE)


def is_secret(name: str) -> bool:
    """Whether a variable gets a random value in each run."""
    return bool(SECRET_NAME.search(name.upper())) and not name.upper().endswith("PASSWORD")
