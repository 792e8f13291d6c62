"""Faults of the health endpoint: queries, calls and delays, for all requests or for some (Properties 1 and 2)."""

from typing import Final

from tools.faults.model import APP, SERVER, Edit, Fault, fault, harmless

VIEWS: Final = f"{APP}/views.py"
START: Final = """    timestamp: str | None = None
    response: HttpResponse
    try:
"""
QUERY: Final = "from django.db import connection; connection.cursor().execute('SELECT 1')"
SWALLOWED: Final = f"""
    try:
        {QUERY}
    except Exception:
        pass
"""
PURITY: Final = "health.purity"


def in_view(*lines: str) -> Edit:
    """Put lines before the view's own."""
    return Edit(VIEWS, START, "".join(f"    {line}\n" for line in lines) + START)


def at_first(name: str) -> tuple[str, ...]:
    """Return lines that run what follows only once in a process."""
    return (f'first = not globals().get("{name}")', f'globals()["{name}"] = True')


def for_request(name: str, condition: str, action: str = QUERY) -> Fault:
    """Return a fault that does something only for some requests, and swallows its error."""
    return fault(
        name,
        PURITY,
        in_view(f"if {condition}:", "    try:", f"        {action}", "    except Exception:", "        pass"),
    )


def always(name: str, action: str) -> Fault:
    """Return a fault that does something for every request, and swallows its error."""
    return for_request(name, "True", action)


COOKIE_MIDDLEWARE: Final = Edit(
    f"{APP}/middleware.py",
    "        if request.path in (HEALTH_PATH, READY_PATH):\n",
    "        if request.COOKIES.get('sessionid'):\n"
    "            from django.contrib.sessions.models import Session; Session.objects.first()\n"
    "        if request.path in (HEALTH_PATH, READY_PATH):\n",
)
CLOCK: Final = (
    "import time",
    'due = {clock}() - globals().get("_asked", {start}) > {seconds}',
    "if due:",
    '    globals()["_asked"] = {clock}()',
    "    try:",
    f"        {QUERY}",
    "    except Exception:",
    "        pass",
)


def every(name: str, seconds: int, clock: str, start: str) -> Fault:
    """Return a fault that asks the database once in so many seconds, beginning after the first of them."""
    lines = [line.format(seconds=seconds, clock=clock, start=start) for line in CLOCK]
    return fault(
        name, PURITY, in_view('globals().setdefault("_asked", __import__("time").monotonic())', *lines)
    )


FAULTS: Final = (
    fault("a query", PURITY, in_view(QUERY)),
    always("a query, error swallowed", QUERY),
    for_request("a query for HEAD", "request.method == 'HEAD'"),
    for_request("a query for any query string", "request.META.get('QUERY_STRING')"),
    for_request("a query for ?verbose", "'verbose' in request.META.get('QUERY_STRING', '')"),
    for_request(
        "a query for a query string of 300 characters", "len(request.META.get('QUERY_STRING', '')) > 300"
    ),
    for_request(
        "a query for a query string of 3,000 characters", "len(request.META.get('QUERY_STRING', '')) > 3000"
    ),
    for_request("a query for a percent sign", "'%' in request.META.get('QUERY_STRING', '')"),
    for_request("a query for a cookie", "request.META.get('HTTP_COOKIE')"),
    for_request("a query for a session's cookie", "'sessionid' in request.META.get('HTTP_COOKIE', '')"),
    for_request("a query for a long cookie", "len(request.META.get('HTTP_COOKIE', '')) > 2000"),
    for_request("a query for a balancer", "'ELB' in request.META.get('HTTP_USER_AGENT', '')"),
    for_request("a query for a browser", "'Mozilla' in request.META.get('HTTP_USER_AGENT', '')"),
    for_request("a query for text/html", "'html' in request.META.get('HTTP_ACCEPT', '')"),
    for_request("a query for a caller's id", "'HTTP_X_REQUEST_ID' in request.META"),
    for_request("a query for a forwarded address", "'HTTP_X_FORWARDED_FOR' in request.META"),
    for_request("a query for an Authorization", "'HTTP_AUTHORIZATION' in request.META"),
    for_request("a query for IPv6", "'[' in request.META.get('HTTP_HOST', '')"),
    fault("a query of a middleware for a session", PURITY, COOKIE_MIDDLEWARE),
    every("a query every 30 s", 30, "time.monotonic", "0"),
    every("a query every 5 minutes", 300, "time.monotonic", "0"),
    fault(
        "a query every hour by the clock on the wall",
        PURITY,
        in_view(
            "from datetime import datetime",
            'if datetime.now().hour != globals().setdefault("_hour", datetime.now().hour):',
            '    globals()["_hour"] = datetime.now().hour',
            f"    {QUERY}",
        ),
    ),
    fault(
        "a query when a cache of Django's ends",
        PURITY,
        in_view(
            "from django.core.cache import cache",
            'if cache.get_or_set("health", 1, 30) and cache.get("checked") is None:',
            '    cache.set("checked", 1, 60)',
            "    try:",
            f"        {QUERY}",
            "    except Exception:",
            "        pass",
        ),
    ),
    fault("a query at the first request", PURITY, in_view(*at_first("_seen"), "if first:", f"    {QUERY}")),
    fault(
        "a query at the hundredth request",
        PURITY,
        in_view('globals()["_count"] = globals().get("_count", 0) + 1', "if _count == 100:", f"    {QUERY}"),
    ),
    always("a file of sqlite3", "import sqlite3; sqlite3.connect('/tmp/health.sqlite3').execute('SELECT 1')"),
    for_request(
        "a file of sqlite3 for HEAD",
        "request.method == 'HEAD'",
        "import sqlite3; sqlite3.connect(':memory:')",
    ),
    always("a file written", "open('/tmp/health.txt', 'w').write('healthy')"),
    always("a file removed", "import os; os.remove('/tmp/never-there-health')"),
    always("a name resolved", "import socket; socket.gethostbyname('health.invalid')"),
    always("a socket", "import socket; socket.create_connection(('127.0.0.1', 9), 0.1)"),
    always(
        "a datagram",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    ),
    always("a program", "import subprocess; subprocess.run(['true'])"),
    always("a shell", "import os; os.system('true')"),
    always("a fork", "import os; os.waitpid(os.fork() or os._exit(0), 0)"),
    always(
        "psycopg2 without Django",
        "import psycopg2; psycopg2.connect(host='127.0.0.1', port=9, connect_timeout=1)",
    ),
    always(
        "a query in a thread",
        "import threading; thread = threading.Thread(target=lambda: __import__('django.db').db.connection.cursor());"
        " thread.start(); thread.join()",
    ),
    always(
        "a call of urllib",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/', timeout=0.1)",
    ),
    always("a ping of Redis", "import redis; redis.Redis(socket_connect_timeout=0.1).ping()"),
    fault(
        "a query of the worker, past the application",
        PURITY,
        Edit(
            f"{SERVER}/server/answers.py",
            "    try:\n        return middleware.answer_probe(request)\n",
            f"{SWALLOWED}    try:\n        return middleware.answer_probe(request)\n",
        ),
    ),
    fault(
        "a query of a thread in the background, every 5 s",
        "health.whole_run",
        Edit(
            f"{APP}/apps.py",
            "        log_startup()\n",
            "        log_startup()\n"
            "        import threading, time\n"
            "        def ask():\n"
            "            while True:\n"
            "                time.sleep(5)\n"
            f"                {QUERY}\n"
            "        threading.Thread(target=ask, daemon=True).start()\n",
        ),
        select="whole_run or detectors or purity or latency",
    ),
    fault("an answer that takes 150 ms", "health.any_request", in_view("import time; time.sleep(0.15)")),
    *(
        fault(f"150 ms, {check}", f"health.{check}", in_view("import time; time.sleep(0.15)"))
        for check in ("view_latency", "stack_latency", "endpoint_latency", "latency_beside_reference")
    ),
    fault(
        "150 ms for a query string of 1,000 characters",
        "health.any_request",
        in_view("if len(request.META.get('QUERY_STRING', '')) > 1000:", "    import time; time.sleep(0.15)"),
    ),
    fault(
        "150 ms for HEAD",
        "health.any_request",
        in_view("if request.method == 'HEAD':", "    import time; time.sleep(0.15)"),
    ),
    fault(
        "a pattern that is quadratic in the query string",
        "health.any_request",
        in_view(
            "import re; query = request.META.get('QUERY_STRING', '')",
            "[query[n:].count('x') + query[:n].count('y') for n in range(len(query)) for _ in range(99)]",
        ),
    ),
    fault(
        "500 ms at the first request of each worker",
        "health.first_answer",
        in_view(*at_first("_warm"), "if first:", "    import time; time.sleep(0.5)"),
    ),
    fault(
        "a query that needs the database",
        "health.database_stopped",
        in_view("from django.contrib.auth.models import Group; Group.objects.exists()"),
    ),
    harmless("a comment in the view", "purity or contract or latency or methods", in_view("# nothing")),
    harmless("a file that is read", "purity or whole_run", in_view("open(__file__).read()")),
    harmless("a lazy import", "purity or whole_run or first_answer", in_view("import decimal, wave")),
    harmless(
        "a header of its own",
        "health and not latency",
        Edit(
            VIEWS,
            '    response["Cache-Control"] = "no-store"\n',
            '    response["Cache-Control"] = "no-store"\n    response["X-Robots-Tag"] = "none"\n',
        ),
    ),
    harmless(
        "a counter and a lock",
        "purity or whole_run",
        in_view(
            'import threading; lock = globals().setdefault("_lock", threading.Lock())',
            "with lock:",
            '    globals()["_n"] = globals().get("_n", 0) + 1',
        ),
    ),
    harmless(
        "a cache in memory that ends",
        "purity",
        in_view("from django.core.cache import cache; cache.get_or_set('a', 1, 30)"),
    ),
)
