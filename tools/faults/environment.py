"""Faults of the variables that the project reads, sets in its deployment, and documents (Property 3)."""

from typing import Final

from tools.faults.model import APP, SERVER, Edit, Fault, fault, harmless
from tools.faults.purity import in_view

SETTINGS: Final = f"{SERVER}/settings.py"
DOCUMENTED: Final = "environment.documented"
EFFECTIVE: Final = "environment.effective"
RUNNING: Final = "environment.running"
DEPLOYED: Final = "environment.in_deployment_files"
END: Final = "\nENVIRONMENT.complete()\n"
IMAGE: Final = (
    "ENV PATH=/opt/server/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1\nRUN python -m pip uninstall"
)
ORDER: Final = '"ORDER_EXPIRATION_MINUTES", os.getenv("ORDER_EXPIRATION_MINUTES", "15"), minimum=1'
DEVICE: Final = (
    '"DEVICE_ONLINE_THRESHOLD_MINUTES", os.getenv("DEVICE_ONLINE_THRESHOLD_MINUTES", "15"), minimum=1'
)


def setting(name: str, check: str, old: str, new: str) -> Fault:
    """Return a fault of the settings."""
    return fault(name, check, Edit(SETTINGS, old, new))


def more(name: str, check: str, *lines: str) -> Fault:
    """Return a fault of lines that are added to the settings."""
    return setting(name, check, END, "".join(f"{line}\n" for line in lines) + END)


def elsewhere(name: str, edit: Edit, check: str = RUNNING) -> Fault:
    """Return a fault outside of the settings."""
    return fault(name, check, edit)


# fmt: off
FAULTS: Final = (
    more("a variable that nobody documents", DOCUMENTED, 'EXTRA = os.getenv("EXTRA_LIMIT", "5")'),
    more("the same by os.environ[...]", DOCUMENTED, 'EXTRA = os.environ["EXTRA_LIMIT"] if "EXTRA_LIMIT" in os.environ else 5'),
    more("the same by another name of getenv", DOCUMENTED, "from os import getenv as read", 'EXTRA = read("EXTRA_LIMIT", "5")'),
    more("the same by a function of the settings", DOCUMENTED, "def limit(name): return os.getenv(name)", 'EXTRA = limit("EXTRA_LIMIT")'),
    more("the same hidden from the parser", EFFECTIVE, 'EXTRA = getattr(os, "get" + "env")("EXTRA_LIMIT", "5")'),
    more("read only with DEBUG", DOCUMENTED, "if DEBUG:", '    EXTRA = os.getenv("EXTRA_LIMIT")'),
    more("read only with DEBUG, hidden from the parser", EFFECTIVE, "if DEBUG:", '    EXTRA = getattr(os, "get" + "env")("EXTRA_LIMIT")'),
    more("read only with SECURE_SSL_REDIRECT, hidden", EFFECTIVE, "if SECURE_SSL_REDIRECT:", '    EXTRA = getattr(os, "get" + "env")("EXTRA_LIMIT")'),
    more("read only when a database is set, hidden", EFFECTIVE, "if DB_NAME:", '    EXTRA = getattr(os, "get" + "env")("EXTRA_LIMIT")'),
    more("a name that is put together", DOCUMENTED, 'EXTRA = [os.getenv(f"EXTRA_{part}") for part in ("A", "B")]'),
    more("the whole environment", DOCUMENTED, "EXTRA = dict(os.environ)"),
    more("every name with a prefix", DOCUMENTED, 'EXTRA = {name: value for name, value in os.environ.items() if name.startswith("COFFEE_")}'),
    elsewhere("read by the health view", in_view('import os; os.getenv("EXTRA_LIMIT")')),
    elsewhere("read by the health view, hidden", in_view('import os; getattr(os, "get" + "env")("EXTRA_LIMIT")')),
    elsewhere("read by the health view with DEBUG only, hidden", in_view("from django.conf import settings", "if settings.DEBUG:", '    import os; getattr(os, "get" + "env")("EXTRA_LIMIT")')),
    elsewhere("read by another view", Edit(f"{APP}/pages/scan.py", "", '\n\ndef _limit() -> str | None:\n    import os\n    return os.getenv("EXTRA_LIMIT")\n')),
    elsewhere("read by a client, at the time of a call", Edit(f"{APP}/outgoing/http.py", "", '\n\ndef _limit() -> str | None:\n    import os\n    return os.environ.get("EXTRA_LIMIT")\n')),
    elsewhere("read by the worker's tasks", Edit(f"{APP}/tasks.py", "", '\n\ndef _limit() -> str | None:\n    import os\n    return os.getenv("EXTRA_LIMIT")\n')),
    elsewhere("read by celery.py", Edit(f"{SERVER}/celery.py", 'app = Celery("coffee_payment",', 'app = Celery(os.getenv("CELERY_NAME", "coffee_payment"),')),
    elsewhere("read by wsgi.py", Edit(f"{SERVER}/wsgi.py", "application = get_wsgi_application()\n", 'SCRIPT = os.getenv("SCRIPT_PREFIX")\napplication = get_wsgi_application()\n')),
    elsewhere("read when the app is ready", Edit(f"{APP}/apps.py", "        log_startup()\n", '        log_startup()\n        import os; os.getenv("LOG_AT_START")\n')),
    elsewhere("read by gunicorn's configuration", Edit("gunicorn.conf.py", "", '\nkeepalive = int(os.getenv("GUNICORN_KEEPALIVE", "2"))\n'), DOCUMENTED),
    elsewhere("read by the entry point", Edit("entrypoint.sh", 'case "${RUN_MODE:-production}" in\n', 'echo "${START_MESSAGE:-}" >&2\ncase "${RUN_MODE:-production}" in\n'), DOCUMENTED),
    fault("two variables that feed each other's setting", EFFECTIVE, Edit(SETTINGS, ORDER, ORDER.replace('getenv("ORDER_EXPIRATION', 'getenv("DEVICE_ONLINE_THRESHOLD')), Edit(SETTINGS, DEVICE, DEVICE.replace('getenv("DEVICE_ONLINE_THRESHOLD', 'getenv("ORDER_EXPIRATION'))),
    setting("one variable that feeds another's setting", EFFECTIVE, 'os.getenv("FAST_TRACK_INTERVAL_S", "2")', 'os.getenv("FAST_TRACK_INTERVAL_S", "2") and os.getenv("FAST_TRACK_LIMIT_S", "2")'),
    setting("a variable that also sets another one", EFFECTIVE, '"PAYMENT_ATTEMPTS_LIMIT", os.getenv("PAYMENT_ATTEMPTS_LIMIT", "50")', '"PAYMENT_ATTEMPTS_LIMIT", str(int(os.getenv("PAYMENT_ATTEMPTS_LIMIT", "50")) + int(os.getenv("PAYMENT_CHECK_BATCH_SIZE", "100")) - 100)'),
    setting("a variable without effect", EFFECTIVE, 'DB_CONN_MAX_AGE = ENVIRONMENT.seconds("DB_CONN_MAX_AGE", os.getenv("DB_CONN_MAX_AGE", "60"))', 'os.getenv("DB_CONN_MAX_AGE", "60")\nDB_CONN_MAX_AGE = 60'),
    setting("a boolean that cannot be turned on", EFFECTIVE, 'HEALTH_DEEP_ENABLED = ENVIRONMENT.boolean("HEALTH_DEEP_ENABLED", os.getenv("HEALTH_DEEP_ENABLED", "False"))', 'HEALTH_DEEP_ENABLED = os.getenv("HEALTH_DEEP_ENABLED", "False") is None'),
    setting("a boolean that is true for any text", EFFECTIVE, 'ENVIRONMENT.boolean(\n    "RECONCILIATION_APPLIES", os.getenv("RECONCILIATION_APPLIES", "True")\n)', 'bool(os.getenv("RECONCILIATION_APPLIES", "True"))'),
    setting("another default", DOCUMENTED, 'os.getenv("PAYMENT_ATTEMPTS_LIMIT", "50")', 'os.getenv("PAYMENT_ATTEMPTS_LIMIT", "60")'),
    setting("no default", DOCUMENTED, 'os.getenv("TMETR_TIME_ZONE_OFFSET", "3")', 'os.getenv("TMETR_TIME_ZONE_OFFSET")'),
    setting("a default that is used for an empty value too", EFFECTIVE, 'os.getenv("PAYMENT_TRUTH_MINUTES", "15")', '(os.getenv("PAYMENT_TRUTH_MINUTES", "15") and "20")'),
    setting("a default that is computed, and another one", EFFECTIVE, 'os.getenv("TMETR_TIME_ZONE_OFFSET", "3")', 'os.getenv("TMETR_TIME_ZONE_OFFSET", str(len("four")))'),
    setting("a secret with a default", DOCUMENTED, 'TMETR_TOKEN = os.getenv("TMETR_TOKEN")', 'TMETR_TOKEN = os.getenv("TMETR_TOKEN", "token-for-tests")'),
    setting("a variable read under another name", DOCUMENTED, 'TMETR_TOKEN = os.getenv("TMETR_TOKEN")', 'TMETR_TOKEN = os.getenv("TMETR_API_TOKEN")'),
    setting("two defaults of one variable", DOCUMENTED, 'BASE_URL = os.getenv("BASE_URL", "pay.tmetr.ru")', 'BASE_URL = os.getenv("BASE_URL", "pay.tmetr.ru")\nSTATIC_HOST = os.getenv("BASE_URL", "static.tmetr.ru")'),
    elsewhere("the image sets what nothing reads", Edit("Dockerfile", IMAGE, IMAGE.replace("ENV ", "ENV COFFEE_MODE=fast ")), DEPLOYED),
    elsewhere("the image sets a misspelt variable", Edit("Dockerfile", IMAGE, IMAGE.replace("\nRUN", "\nENV GUNICORN_WORKER=8\nRUN")), DEPLOYED),
    elsewhere("the image sets it in the old form", Edit("Dockerfile", IMAGE, IMAGE.replace("\nRUN", "\nENV COFFEE_MODE fast and good\nRUN")), DEPLOYED),
    elsewhere("the image holds a secret", Edit("Dockerfile", IMAGE, IMAGE.replace("\nRUN", "\nENV SECRET_KEY=for-the-image\nRUN")), DEPLOYED),
    elsewhere(".env.example sets what nothing reads", Edit(".env.example", "", "\nCOFFEE_MODE=fast\n"), DEPLOYED),
    elsewhere(".env.example lacks a variable", Edit(".env.example", "PAYMENT_ATTEMPTS_LIMIT", "PAYMENT_ATTEMPT_LIMIT"), DEPLOYED),
    harmless("a read of what Python reads itself, in a view", "running", in_view('import os; os.getenv("TZ")')),
    harmless("a variable that is set", "environment", Edit(SETTINGS, END, 'os.environ.setdefault("PYTHONUTF8", "1")\n' + END)),
    harmless("a comment that names a variable", "environment", Edit(SETTINGS, END, '# os.getenv("EXTRA_LIMIT") is not read\n' + END)),
    harmless("a variable read twice with one default", "environment", Edit(SETTINGS, END, 'AGAIN = os.getenv("BASE_URL", "pay.tmetr.ru")\n' + END)),
    harmless("a documented variable read in a view", "environment", in_view('import os; os.getenv("BASE_URL", "pay.tmetr.ru")')),
    harmless("a variable of Python in the image", "environment", Edit("Dockerfile", IMAGE, IMAGE.replace("ENV ", "ENV PYTHONFAULTHANDLER=1 "))),
    harmless("a variable of a library in the image", "deployment_files", Edit("Dockerfile", IMAGE, IMAGE.replace("ENV ", "ENV MALLOC_ARENA_MAX=2 "))),
    harmless("a variable that the build reads", "environment", Edit("Dockerfile", "ENV PIP_DISABLE_PIP_VERSION_CHECK=1", "ENV PIP_TIMEOUT=60 PIP_DISABLE_PIP_VERSION_CHECK=1")),
)
# fmt: on
