"""The contract of the answers: one that keeps it has no findings, each fault is one."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from verification.errors import CannotRun
from verification.health.contract import Contract
from verification.project.configuration import Configuration
from verification.project.http_servers import Application
from verification.project.settings_changes import ADAPTED, OPEN_SITE, PROJECT_SETTINGS
from verification.project.web_server import WebServer

SECRET = "the-secret-key-of-this-test"
APPLICATION = """
    import json
    from datetime import UTC, datetime

    NAIVE, OLD = "2025-11-23T10:30:00", "2025-11-23T10:30:00+00:00"

    def application(environ, start_response):
        now = datetime.now(UTC).isoformat()
        kind, body = {
            "/text": ("text/plain", b"healthy"),
            "/unhealthy": ("application/json", {"status": "unhealthy", "time": now}),
            "/naive": ("application/json", {"status": "healthy", "time": NAIVE}),
            "/old": ("application/json", {"status": "healthy", "time": OLD}),
            "/no-time": ("application/json", {"status": "healthy", "time": "soon"}),
            "/leak": ("application/json", {"status": "healthy", "time": now, "more": "%s"}),
        }.get(environ["PATH_INFO"], ("application/json; charset=utf-8", {"status": "healthy", "time": now}))
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
"""
VIEWS = """
    import logging
    from django.http import JsonResponse

    def status():
        return "healthy"

    def careful(request):
        try:
            return JsonResponse({"status": status()})
        except Exception:
            logging.getLogger("shop").exception("failed")
            return JsonResponse({"status": "unhealthy"}, status=500)

    def hopeful(request):
        try:
            return JsonResponse({"status": status()})
        except Exception:
            return JsonResponse({"status": "healthy"})

    def careless(request):
        return JsonResponse({"status": status()})
"""
SETTINGS = """
    SECRET_KEY = "{secret}"
    ROOT_URLCONF = "shop_{view}_urls"
    ALLOWED_HOSTS = ["*"]
"""
URLS = "from django.urls import path\nimport shop_views\nurlpatterns = [path('health', shop_views.{view})]\n"
VIEW_NAMES = ("careful", "hopeful", "careless")
SCHEMA = {"type": "object", "required": ["status"], "properties": {"status": {"const": "healthy"}}}
FAILURE = {"type": "object", "required": ["status"], "properties": {"status": {"const": "unhealthy"}}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with three views, and an application with a path for each fault."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "answers.py").write_text(dedent(APPLICATION) % SECRET)
    (folder / "shop_views.py").write_text(dedent(VIEWS))
    for view in VIEW_NAMES:
        (folder / f"shop_{view}.py").write_text(dedent(SETTINGS).format(secret=SECRET, view=view))
        (folder / f"shop_{view}_urls.py").write_text(URLS.format(view=view))
    return folder


def contract(folder: Path, view: str) -> Contract:
    """Return the contract of one view of that project."""
    configuration = Configuration(
        root=folder,
        settings=f"shop_{view}",
        health_view=f"shop_views.{view}",
        health_content_type="application/json",
        health_schema=SCHEMA,
        health_timestamp="time",
        health_failure_schema=FAILURE,
    )
    path = os.pathsep.join([str(folder), *sys.path])
    return Contract(configuration, {**configuration.variables(), "PYTHONPATH": path})


@pytest.fixture(scope="module")
def web(folder: Path) -> Iterator[WebServer]:
    """A server with a path for each fault."""
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}
    with WebServer(Application(name="answers:application"), variables, directory=folder) as web:
        yield web.wait("/health")


@pytest.fixture(scope="module")
def expected(folder: Path) -> Iterator[Contract]:
    """The contract that the paths are held to."""
    with contract(folder, "careful") as expected:
        yield expected


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/health", []),
        ("/text", ["Content-Type is 'text/plain'", "the body is not JSON", "is not a time"]),
        ("/unhealthy", ["the body.status must be same as const definition: healthy"]),
        ("/naive", ["time has no time zone"]),
        ("/old", ["time is not the time of the answer", "time does not change within 1.5 s"]),
        ("/no-time", ["time is not a time in ISO 8601"]),
        ("/leak", [*["shows the value of SECRET_KEY"] * 3]),
    ],
)
def test_answers_of_a_server(expected: Contract, web: WebServer, path: str, words: list[str]) -> None:
    """Content type, schema, time and secrets are each examined; the answer that keeps the contract is not named."""
    wrong = list(expected.wrong_answers(web.probe(path)))

    assert len(wrong) == len(words), wrong
    for line, text in zip(wrong, words, strict=True):
        assert text in line
        assert SECRET not in line


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("careful", []),
        (
            "hopeful",
            ["answers 200 instead of 500 or more", "status must be same as", "no line of level ERROR"],
        ),
        ("careless", ["Content-Type is 'text/html", "the body is not JSON"]),
    ],
)
def test_inside_that_fails(folder: Path, view: str, words: list[str]) -> None:
    """The function that the view calls raises once: the view must say so, in the form of its other answers."""
    with contract(folder, view) as examined:
        wrong, functions = examined.wrong_failures()

    assert functions == ["status"]
    assert len(wrong) == len(words), wrong
    for line, text in zip(wrong, words, strict=True):
        assert line.startswith("/health while status fails: ")
        assert text in line


def write_site(folder: Path, settings: str) -> None:
    (folder / "site_settings.py").write_text(
        f"SECRET_KEY = 'of-this-test'\nROOT_URLCONF = 'site_urls'\n{settings}"
    )
    (folder / "site_urls.py").write_text(
        "from django.http import HttpResponse\nfrom django.urls import path\n"
        "urlpatterns = [path('health', lambda request: HttpResponse('well'))]\n"
    )


def variables_of(configuration: Configuration) -> dict[str, str]:
    return {
        **configuration.variables(),
        "PYTHONPATH": os.pathsep.join([str(configuration.root), *sys.path]),
        "DJANGO_SETTINGS_MODULE": ADAPTED,
        PROJECT_SETTINGS: "site_settings",
        OPEN_SITE: "yes",
    }


@pytest.mark.parametrize(
    ("hosts", "middleware", "health_host", "refused"),
    [
        (["shop.example.org"], ["CommonMiddleware"], "", True),
        (["shop.example.org"], ["CommonMiddleware"], "www.example.org", True),
        (["shop.example.org"], ["CommonMiddleware"], "shop.example.org", False),
        ([".example.org", "10.244.3.17"], ["CommonMiddleware"], "", False),
        (["shop.example.org"], [], "", False),  # nothing looks at the host
        (["*"], ["CommonMiddleware"], "", False),
        (["localhost", "127.0.0.1"], ["CommonMiddleware"], "", False),  # a development server
        ([], ["CommonMiddleware"], "", False),
    ],
)
def test_host_of_a_probe(
    tmp_path: Path, hosts: list[str], middleware: list[str], health_host: str, refused: bool
) -> None:
    """A probe's Host that the project's own ALLOWED_HOSTS refuse is named, although the harness opens the site."""
    names = [f"django.middleware.common.{name}" for name in middleware]
    write_site(tmp_path, f"ALLOWED_HOSTS = {hosts}\nMIDDLEWARE = {names}\n")
    configuration = Configuration(root=tmp_path, settings="site_settings", health_host=health_host)
    with Contract(configuration, variables_of(configuration)) as examined:
        wrong = list(examined.wrong_as_configured())

    assert len(wrong) == refused
    for line in wrong:
        assert f"with Host {health_host or '10.244.3.17:8000'}: 400, a probe must see 200" in line
        assert "ALLOWED_HOSTS is ['shop.example.org']" in line


@pytest.mark.parametrize(
    ("settings", "scheme", "redirected"),
    [
        # mdn/developer-portal#233: readiness checks broke when the redirect was turned on.
        ("SECURE_SSL_REDIRECT = True", "http", True),
        # mozilla/glam#109, wemake-services/wemake-django-template#1023: the path is exempt.
        ("SECURE_SSL_REDIRECT = True\nSECURE_REDIRECT_EXEMPT = ['^health$']", "http", False),
        # mdn/developer-portal#329: the probe speaks https.
        ("SECURE_SSL_REDIRECT = True", "https", False),
        ("", "http", False),
    ],
)
def test_redirect_of_a_probe(tmp_path: Path, settings: str, scheme: str, redirected: bool) -> None:
    """A redirect of the project's own settings is named, although the harness turns it off for its requests."""
    write_site(tmp_path, f"MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']\n{settings}\n")
    configuration = Configuration(root=tmp_path, settings="site_settings", health_scheme=scheme)
    with Contract(configuration, variables_of(configuration)) as examined:
        wrong = list(examined.wrong_as_configured())

    assert ["GET /health by http: 301, a probe must see 200" in line for line in wrong] == [True] * redirected


def test_schema_that_is_none(folder: Path) -> None:
    """A schema that is not one ends the check in one line that names its key."""
    with pytest.raises(CannotRun, match=r"health_schema\] is not a JSON schema"):
        Contract(Configuration(root=folder, health_schema={"type": "no such type"}), {})
