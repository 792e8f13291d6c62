"""Faults of what the health endpoint answers, and of what its server logs."""

from typing import Final

from tools.faults.model import APP, SERVER, Edit, Fault, fault, harmless
from tools.faults.purity import VIEWS, in_view

CONTRACT: Final = "health.contract"
PROBES: Final = "health.probe_contract"
NOISE: Final = "health.log_noise"
ANSWER: Final = '    return JsonResponse({"status": "healthy", "timestamp": timestamp})\n'
NOW: Final = "    return datetime.now(UTC).isoformat()\n"
FAILED: Final = '        body = json.dumps({"status": "unhealthy", "timestamp": timestamp})\n'
RESPONSE: Final = '        response = HttpResponse(body, status=500, content_type="application/json")\n'
CACHE: Final = '    response["Cache-Control"] = "no-store"\n    # CommonMiddleware'
LOGS: Final = f"{SERVER}/logs.py"
DROPPED: Final = '        if fields["path"] in PROBE_PATHS and fields["status"] == HTTPStatus.OK:\n'


def answer(name: str, new: str) -> Fault:
    """Return a fault of the healthy answer."""
    return fault(name, CONTRACT, Edit(VIEWS, ANSWER, f"    {new}\n"))


def timestamp(name: str, new: str) -> Fault:
    """Return a fault of its timestamp."""
    return fault(name, CONTRACT, Edit(VIEWS, NOW, f"    {new}\n"))


def failure(name: str, old: str, new: str, check: str = CONTRACT) -> Fault:
    """Return a fault of the answer when the inside fails."""
    return fault(name, check, Edit(VIEWS, old, new))


def header(name: str, line: str, check: str = CONTRACT) -> Fault:
    """Return a fault of the headers of every answer."""
    return fault(
        name, check, Edit(VIEWS, CACHE, f"    from django.conf import settings\n    {line}\n{CACHE}")
    )


FAULTS: Final = (
    answer("no status", 'return JsonResponse({"timestamp": timestamp})'),
    answer("status unhealthy", 'return JsonResponse({"status": "unhealthy", "timestamp": timestamp})'),
    answer("status OK", 'return JsonResponse({"status": "OK", "timestamp": timestamp})'),
    answer("status in a list", 'return JsonResponse({"status": ["healthy"], "timestamp": timestamp})'),
    answer("no timestamp", 'return JsonResponse({"status": "healthy"})'),
    answer("plain text", 'return HttpResponse("healthy")'),
    answer("HTML", 'return HttpResponse("<p>healthy</p>")'),
    answer("an empty body", 'return HttpResponse("", content_type="application/json")'),
    answer("a list", 'return JsonResponse(["healthy", timestamp], safe=False)'),
    answer(
        "Python's notation",
        'return HttpResponse(str({"status": "healthy", "timestamp": timestamp}), content_type="application/json")',
    ),
    answer(
        "JSON as text/plain",
        'return HttpResponse(json.dumps({"status": "healthy", "timestamp": timestamp}), content_type="text/plain")',
    ),
    answer(
        "the settings in the body",
        'from django.conf import settings; return JsonResponse({"status": "healthy", "timestamp": timestamp, "settings": str(settings.DATABASES)})',
    ),
    answer(
        "the database's password in the body",
        'from django.conf import settings; return JsonResponse({"status": "healthy", "timestamp": timestamp, "db": settings.DATABASES["default"].get("PASSWORD", "")})',
    ),
    answer(
        "the version of Django in the body",
        'import django; return JsonResponse({"status": "healthy", "timestamp": timestamp, "django": django.__version__})',
    ),
    answer(
        "the secret key in the status",
        'from django.conf import settings; return JsonResponse({"status": "healthy", "timestamp": timestamp + " " + settings.SECRET_KEY})',
    ),
    # lihor-hub/news-dashboard#238: the URL without its password still names host, user and database.
    answer(
        "where the database is, in the body",
        'from django.conf import settings; found = settings.DATABASES["default"]; return JsonResponse({"status": "healthy", "timestamp": timestamp, "database": f"{found.get(\'HOST\')}/{found.get(\'NAME\')}"})',
    ),
    timestamp("a naive timestamp", "return datetime.now().isoformat()"),
    timestamp("a constant timestamp", 'return "2025-11-23T10:30:00+00:00"'),
    timestamp(
        "the timestamp of the start", 'return globals().setdefault("_started", datetime.now(UTC).isoformat())'
    ),
    timestamp(
        "a timestamp of last hour",
        "from datetime import timedelta; return (datetime.now(UTC) - timedelta(hours=1)).isoformat()",
    ),
    timestamp(
        "local time that says UTC",
        "from datetime import timedelta; return (datetime.now() + timedelta(hours=3)).replace(tzinfo=UTC).isoformat()",
    ),
    timestamp("seconds since 1970", "return str(datetime.now(UTC).timestamp())"),
    timestamp("a timestamp for people", 'return datetime.now(UTC).strftime("%d %B %Y %H:%M:%S")'),
    failure("200 while the inside fails", RESPONSE, RESPONSE.replace("500", "200")),
    failure("503 while the inside fails", RESPONSE, RESPONSE.replace("500", "503")),
    failure("healthy while the inside fails", FAILED, FAILED.replace("unhealthy", "healthy")),
    failure(
        "the error's text in the body",
        FAILED,
        '        import traceback; body = json.dumps({"status": "unhealthy", "timestamp": timestamp, "error": traceback.format_exc()})\n',
    ),
    # discord/access#458: the driver's own words, with host and user, for whoever asks.
    failure(
        "the error's message beside the status",
        FAILED,
        '        import sys; body = json.dumps({"status": "unhealthy", "timestamp": timestamp, "reason": str(sys.exc_info()[1])})\n',
    ),
    # wienerlabs/covenant#297: always 200, and the body says otherwise.
    failure(
        "200 and a list of what failed",
        RESPONSE,
        '        body = json.dumps({"status": "unhealthy", "timestamp": timestamp, "checks": {"clock": "failed"}})\n'
        + RESPONSE.replace("500", "200"),
    ),
    failure("no JSON while the inside fails", FAILED, '        body = "failed"\n'),
    failure("HTML while the inside fails", RESPONSE, RESPONSE.replace("application/json", "text/html")),
    failure("the failure is not logged", '        logger.exception("Health check failed")\n', ""),
    failure(
        "the failure is logged as information",
        'logger.exception("Health check failed")',
        'logger.info("Health check failed")',
    ),
    failure(
        "the exception gets out",
        "    except Exception:\n        logger",
        "    except ZeroDivisionError:\n        logger",
    ),
    failure("the exception is raised again", FAILED, "        raise\n" + FAILED),
    header(
        "the database's password in a header",
        'response["X-Database"] = settings.DATABASES["default"].get("PASSWORD") or "none"',
    ),
    header(
        "the secret key in Base64 in a header",
        'import base64; response["ETag"] = base64.b64encode(settings.SECRET_KEY.encode()).decode()',
    ),
    header(
        "a key in the answer to other methods",
        'response["X-Key"] = settings.CREDENTIALS_ENCRYPTION_KEY[0] if response.status_code == 405 else "none"',
    ),
    header("a cookie", 'response["Set-Cookie"] = "seen=1"', PROBES),
    header(
        "a redirect",
        'response.status_code = 301; response["Location"] = "https://pay.tmetr.ru/health"',
        PROBES,
    ),
    header("a status of 204", "response.status_code = 204", PROBES),
    fault(
        "no Content-Length",
        PROBES,
        Edit(VIEWS, '    response["Content-Length"] = str(len(response.content))\n', ""),
    ),
    fault(
        "POST is answered",
        "health.methods",
        Edit(
            VIEWS,
            'ALLOWED_METHODS: Final = ("GET", "HEAD")',
            'ALLOWED_METHODS: Final = ("GET", "HEAD", "POST")',
        ),
    ),
    fault(
        "HEAD is refused",
        PROBES,
        Edit(VIEWS, 'ALLOWED_METHODS: Final = ("GET", "HEAD")', 'ALLOWED_METHODS: Final = ("GET",)'),
    ),
    fault(
        "the host is checked",
        PROBES,
        in_view("request.META.setdefault('HTTP_HOST', '10.244.3.17'); request.get_host()"),
    ),
    fault(
        "every path below is kept out of the log",
        NOISE,
        Edit(
            LOGS,
            DROPPED,
            DROPPED.replace('fields["path"] in PROBE_PATHS', 'str(fields["path"]).startswith("/health")'),
        ),
    ),
    fault(
        "the deep check is kept out of the log",
        NOISE,
        Edit(
            LOGS,
            'frozenset({"/health", "/health/ready"})',
            'frozenset({"/health", "/health/ready", "/health/deep"})',
        ),
    ),
    fault(
        "every success is kept out of the log but others'",
        NOISE,
        Edit(
            LOGS, DROPPED, DROPPED.replace('fields["path"] in PROBE_PATHS', '"health" in str(fields["path"])')
        ),
    ),
    fault(
        "probes are logged",
        NOISE,
        Edit(
            f"{APP}/middleware.py",
            "    started = time.perf_counter()\n",
            '    started = time.perf_counter(); import logging; logging.getLogger("payments").warning("probe of %s", request.path)\n',
        ),
    ),
    harmless(
        "whole seconds",
        "contract",
        Edit(VIEWS, NOW, '    return datetime.now(UTC).isoformat(timespec="seconds")\n'),
    ),
    harmless(
        "another time zone",
        "contract",
        Edit(
            VIEWS,
            NOW,
            "    from datetime import timedelta, timezone; return datetime.now(timezone(timedelta(hours=3))).isoformat()\n",
        ),
    ),
    harmless(
        "the members in another order",
        "contract",
        Edit(VIEWS, ANSWER, '    return JsonResponse({"timestamp": timestamp, "status": "healthy"})\n'),
    ),
    harmless(
        "another word in the log",
        "contract or noise",
        Edit(VIEWS, "Health check failed", "The health check has failed"),
    ),
    harmless(
        "the metrics are kept out of the log",
        "noise",
        Edit(
            LOGS,
            'frozenset({"/health", "/health/ready"})',
            'frozenset({"/health", "/health/ready", "/health/metrics"})',
        ),
    ),
)
