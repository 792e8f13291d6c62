"""Faults of the TLS between the project and its database (Property 4)."""

from typing import Final

from tools.faults.model import APP, SERVER, Edit, Fault, fault, harmless

SETTINGS: Final = f"{SERVER}/settings.py"
DB_SSL: Final = f"{SERVER}/db_ssl.py"
CHECKS: Final = f"{APP}/checks.py"
OPTIONS: Final = "transport.options"
PROCESSES: Final = "transport.processes"
LOG: Final = "transport.start_up_log"
SYSTEM: Final = "transport.system_checks"
USED: Final = '        DATABASES["default"]["OPTIONS"] = DATABASE_SSL.options\n'
BUILT: Final = (
    '    options = {"sslmode": mode} | {FILE_OPTIONS[variable]: path for variable, path in files.items()}\n'
)
INVALID: Final = "    if mode not in MODES:\n"
STATE: Final = '        state = "disabled" if self.mode == "disable" else "enabled"\n'
KEY: Final = "    if key and key.is_file() and stat.S_IMODE(key.stat().st_mode) & ~0o600:\n"
LIMIT: Final = "    limit = datetime.now(UTC) + timedelta(days=settings.SSL_CERT_EXPIRY_WARNING_DAYS)\n"
ENDS: Final = "        if min(ends) <= limit:\n"
GUNICORN: Final = "def post_fork(_server: Any, worker: Any) -> None:\n"
CELERY: Final = 'app = Celery("coffee_payment", loader=f"{__name__}:{Loader.__name__}")\n'
MANAGE: Final = "coffee_payment/manage.py"


def used(name: str, *lines: str, check: str = OPTIONS) -> Fault:
    """Return a fault of what the settings do with the options."""
    return fault(name, check, Edit(SETTINGS, USED, USED + "".join(f"        {line}\n" for line in lines)))


def built(name: str, new: str, old: str = BUILT, check: str = OPTIONS) -> Fault:
    """Return a fault of how the options are built."""
    return fault(name, check, Edit(DB_SSL, old, new))


def weaker(keyword: str, value: str) -> Fault:
    """Return a fault that adds a keyword of libpq."""
    return used(f"{keyword}={value}", f'DATABASES["default"]["OPTIONS"]["{keyword}"] = "{value}"')


def system(name: str, old: str, new: str) -> Fault:
    """Return a fault of the system checks."""
    return fault(name, SYSTEM, Edit(CHECKS, old, new))


# fmt: off
FAULTS: Final = (
    fault("no options at all", OPTIONS, Edit(SETTINGS, USED, "        pass\n")),
    fault("no options at all, on the wire", "transport.modes", Edit(SETTINGS, USED, "        pass\n")),
    built("a mode of odd letters is used", INVALID.replace("mode not in MODES", "mode.isascii() and mode not in MODES"), INVALID, check="transport.options_any_text"),
    built("the certificate is dropped", BUILT + '    options.pop("sslcert", None)\n'),
    built("the key is dropped", BUILT + '    options.pop("sslkey", None)\n'),
    built("the root is dropped", BUILT + '    options.pop("sslrootcert", None)\n'),
    built("the root is dropped for require", BUILT + '    if mode == "require": options.pop("sslrootcert", None)\n'),
    built("files without a certificate's pair are dropped", BUILT + '    if "sslkey" not in options: options.pop("sslcert", None)\n'),
    built("verify-full becomes verify-ca", BUILT + '    options["sslmode"] = options["sslmode"].replace("verify-full", "verify-ca")\n'),
    built("allow becomes prefer", BUILT + '    options["sslmode"] = options["sslmode"].replace("allow", "prefer")\n'),
    built("certificate and key change places", '    "POSTGRES_SSL_CERT": "sslkey",\n    "POSTGRES_SSL_KEY": "sslcert",\n', '    "POSTGRES_SSL_CERT": "sslcert",\n    "POSTGRES_SSL_KEY": "sslkey",\n'),
    built("an empty file counts as set", "    files = {variable: path for variable, path in given.items() if path is not None}\n", "    files = {variable: path for variable, path in given.items() if path}\n"),
    built("a mode is taken without its blanks", "    mode = mode.strip()\n" + INVALID, INVALID),
    built("a mode in capitals is taken", "    mode = mode.lower()\n" + INVALID, INVALID),
    built("an invalid mode becomes require", '    mode = mode if mode in MODES else "require"\n' + INVALID, INVALID),
    built("a missing file is dropped", BUILT.replace("files.items()}", "files.items() if Path(path).is_file()}")),
    used("a second alias without the options", 'DATABASES["reports"] = {key: value for key, value in DATABASES["default"].items() if key != "OPTIONS"}'),
    used("a second alias with prefer", 'DATABASES["reports"] = {**DATABASES["default"], "OPTIONS": {**DATABASE_SSL.options, "sslmode": "prefer"}}'),
    used("a second alias without the root", 'DATABASES["reports"] = {**DATABASES["default"], "OPTIONS": {key: value for key, value in DATABASE_SSL.options.items() if key != "sslrootcert"}}'),
    weaker("gssencmode", "require"),
    weaker("channel_binding", "disable"),
    weaker("ssl_max_protocol_version", "TLSv1.2"),
    weaker("ssl_min_protocol_version", "TLSv1"),
    weaker("sslcertmode", "disable"),
    weaker("require_auth", "password"),
    used("PGCHANNELBINDING in the settings", 'os.environ["PGCHANNELBINDING"] = "disable"', check="transport.certificates"),
    used("PGGSSENCMODE in the settings", 'os.environ["PGSSLMAXPROTOCOLVERSION"] = "TLSv1.2"', check="transport.certificates"),
    fault("the web server's workers use prefer", PROCESSES, Edit("gunicorn.conf.py", GUNICORN, GUNICORN + '    os.environ["POSTGRES_SSL_MODE"] = "prefer"\n')),
    fault("the web server drops the client's certificate", PROCESSES, Edit("gunicorn.conf.py", GUNICORN, GUNICORN + '    os.environ.pop("POSTGRES_SSL_CERT", None)\n')),
    fault("the web server's processes bind no channel", PROCESSES, Edit(f"{SERVER}/wsgi.py", "application = get_wsgi_application()\n", 'os.environ["PGCHANNELBINDING"] = "disable"\napplication = get_wsgi_application()\n')),
    fault("the worker uses require", PROCESSES, Edit(f"{SERVER}/celery.py", CELERY, 'import sys\nif "worker" in sys.argv: os.environ["POSTGRES_SSL_MODE"] = "require"\n' + CELERY)),
    fault("beat uses require", PROCESSES, Edit(f"{SERVER}/celery.py", CELERY, 'import sys\nif "beat" in sys.argv: os.environ["POSTGRES_SSL_MODE"] = "require"\n' + CELERY)),
    fault("beat forgets the root", PROCESSES, Edit(f"{SERVER}/celery.py", CELERY, 'import sys\nif "beat" in sys.argv: os.environ.pop("POSTGRES_SSL_ROOT_CERT", None)\n' + CELERY)),
    fault("management commands use allow", PROCESSES, Edit(MANAGE, "import os\n", 'import os\nos.environ.update(POSTGRES_SSL_MODE="allow") if "POSTGRES_SSL_MODE" in os.environ else None\n')),
    built("the log says enabled for disable", '        state = "enabled"\n', STATE, LOG),
    built("the log says disabled for allow", '        state = "disabled" if self.mode in ("disable", "allow") else "enabled"\n', STATE, LOG),
    built("the log names another mode", STATE + '        self = DatabaseSSL(options={**self.options, "sslmode": "verify-full"})\n', STATE, LOG),
    built("the log says nothing of an invalid mode", "DatabaseSSL(postgresql=True)", "DatabaseSSL(postgresql=True, findings=(Finding(logging.WARNING, message),))", LOG),
    built("the log says nothing of a missing file", "findings=()", "findings=_missing_files(files)", LOG),
    built("the log says nothing of files without a mode", "findings=()", "findings=_ignored_files(files)", LOG),
    fault("the log shows the password", LOG, Edit(f"{APP}/apps.py", "    logger.info(settings.DATABASE_SSL.status())\n", '    logger.info(settings.DATABASE_SSL.status())\n    import sys; sys.stderr.write(settings.DATABASES["default"].get("PASSWORD") or "")\n')),
    system("disable is no weak mode", "ssl.mode not in SECURE_MODES", 'ssl.mode not in (*SECURE_MODES, "disable")'),
    system("allow is no weak mode", "ssl.mode not in SECURE_MODES", 'ssl.mode not in (*SECURE_MODES, "allow")'),
    system("require is a weak mode", "ssl.mode not in SECURE_MODES", "ssl.mode not in SECURE_MODES[1:]"),
    system("a missing root is no error for require", '{"allow", "prefer", "require"}', '{"allow", "prefer"}'),
    system("a missing root is no error for allow", '{"allow", "prefer", "require"}', '{"prefer", "require"}'),
    system("the root's end is not looked at", '("POSTGRES_SSL_CERT", "POSTGRES_SSL_ROOT_CERT")', '("POSTGRES_SSL_CERT",)'),
    system("the client's end is not looked at", '("POSTGRES_SSL_CERT", "POSTGRES_SSL_ROOT_CERT")', '("POSTGRES_SSL_ROOT_CERT",)'),
    system("no warning before the end", LIMIT, "    limit = datetime.now(UTC)\n"),
    system("a warning only three days before the end", LIMIT, "    limit = datetime.now(UTC) + timedelta(days=3)\n"),
    system("a warning for every certificate", LIMIT, "    limit = datetime.now(UTC) + timedelta(days=3650)\n"),
    system("only the first certificate of a file", ENDS, "        ends = ends[:1]\n" + ENDS),
    system("the last end of a file", ENDS, "        ends = [max(ends)]\n" + ENDS),
    system("a root without a certificate passes", '            yield CheckWarning(f"{variable} {path} cannot be read: {reason}.", id="payments.W004")\n', "            del reason\n"),
    system("a key of mode 640 is private", KEY, KEY.replace("~0o600", "~0o640")),
    system("a key of mode 604 is private", KEY, KEY.replace("~0o600", "~0o604")),
    system("a key of mode 601 is private", KEY, KEY.replace("~0o600", "~0o611")),
    system("a link's own permissions", KEY, KEY.replace("key.stat()", "key.lstat()")),
    system("a link is not looked at", KEY, KEY.replace("key.is_file()", "key.is_file() and not key.is_symlink()")),
    system("a key of another user is not looked at", KEY, KEY.replace("key.is_file()", "key.is_file() and key.stat().st_uid == __import__('os').geteuid()")),
    harmless("a stronger lowest version", "transport", Edit(SETTINGS, USED, USED + '        DATABASES["default"]["OPTIONS"]["ssl_min_protocol_version"] = "TLSv1.2"\n')),
    harmless("channel binding where it is possible", "options or processes or certificates", Edit(SETTINGS, USED, USED + '        DATABASES["default"]["OPTIONS"]["channel_binding"] = "prefer"\n')),
    harmless("a name for the connections", "options or processes or modes", Edit(SETTINGS, USED, USED + '        DATABASES["default"]["OPTIONS"]["application_name"] = "coffee"\n')),
    harmless("a second alias with the same options", "options or processes or modes", Edit(SETTINGS, USED, USED + '        DATABASES["reports"] = dict(DATABASES["default"])\n')),
    harmless("another message for a weak mode", "system_checks", Edit(CHECKS, "traffic may go in clear.", "it may go in clear.")),
)
# fmt: on
