"""Faults of the table in the README (Property 3)."""

from typing import Final

from tools.faults.model import Edit, Fault, fault, harmless

README: Final = "README.md"
DOCUMENTED: Final = "environment.documented"
ROW: Final = (
    "| `PAYMENT_ATTEMPTS_LIMIT` | Consecutive failed checks after which an order has failed | `50` |\n"
)
LEVEL: Final = "| `LOG_LEVEL` | `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL` | `INFO` |\n"
BEARER: Final = "| `TMETR_TOKEN` | 🔒 Bearer token | — |\n"


def row(name: str, old: str, new: str, check: str = DOCUMENTED) -> Fault:
    """Return a fault of one row."""
    return fault(name, check, Edit(README, old, new))


# fmt: off
FAULTS: Final = (
    row("a row is missing", ROW, ""),
    row("a row of the entry point is missing", "| `RUN_MODE` | `production` (gunicorn) or `development` (runserver) | `production` |\n", ""),
    row("a row of gunicorn's is missing", "| `GUNICORN_WORKERS` | Worker processes | `4` |\n", ""),
    row("a row too many", ROW, ROW + "| `PAYMENT_RETRIES` | Retries | `3` |\n"),
    row("a row twice", ROW, ROW + ROW),
    row("two variables in one row", ROW, ROW.replace("`PAYMENT_ATTEMPTS_LIMIT`", "`PAYMENT_ATTEMPTS_LIMIT`, `LOG_LEVEL`").replace(LEVEL, "")),
    row("a misspelt name", ROW, ROW.replace("ATTEMPTS", "ATTEMPT")),
    row("a name in lower case", ROW, ROW.replace("PAYMENT_ATTEMPTS_LIMIT", "payment_attempts_limit")),
    row("another default", ROW, ROW.replace("`50`", "`60`")),
    row("no default", LEVEL, LEVEL.replace("| `INFO` |", "| — |")),
    row("an empty default", LEVEL, LEVEL.replace("| `INFO` |", '| `""` |')),
    row("a default that is none", BEARER, BEARER.replace("—", "`token`")),
    row("a secret without its mark", BEARER, BEARER.replace("🔒 ", "")),
    row("a default that is no longer so", "`localhost,127.0.0.1,pay.tmetr.ru`", "`localhost,pay.tmetr.ru`"),
    row("a boolean's default", "| `DEBUG` | Debug mode, for development only | `False` |", "| `DEBUG` | Debug mode, for development only | `True` |"),
    harmless("a default in other capitals", "environment", Edit(README, "| `DEBUG` | Debug mode, for development only | `False` |", "| `DEBUG` | Debug mode, for development only | `false` |")),
    harmless("rows in another order", "environment", Edit(README, ROW, ""), Edit(README, LEVEL, LEVEL + ROW)),
    harmless("a word for no default", "environment", Edit(README, BEARER, BEARER.replace("—", "none"))),
    harmless("another description", "environment", Edit(README, ROW, ROW.replace("Consecutive failed", "Failed"))),
    harmless("another table", "environment", Edit(README, "", "\n| Status | Meaning |\n|---|---|\n| `200` | good |\n")),
)
# fmt: on
