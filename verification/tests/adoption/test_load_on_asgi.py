"""The checks under load on an event loop: a view that waits is harmless, one that blocks starves the probes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from verification.tests.adoption.layouts import append, edit, on_granian, on_uvicorn
from verification.tests.adoption.test_adoption import MINUTES, adopt, gate, verdicts

PAY: Final = """
import asyncio, socket
from urllib.parse import urlsplit
from django.conf import settings


async def pay(request):
    provider = urlsplit(settings.PROVIDER_URL)
    {}
    return HttpResponse("paid")


urlpatterns.append(path("pay/", pay))
"""
WAITS: Final = """reader, writer = await asyncio.open_connection(provider.hostname, provider.port)
    await reader.read()
    writer.close()"""
BLOCKS: Final = """with socket.create_connection((provider.hostname, provider.port)) as connection:
        connection.recv(1)"""
UNDER_LOAD: Final = ("health.saturated", "health.slow_clients", "health.long_run", "health.draining")


@pytest.mark.slow
@pytest.mark.timeout(2 * MINUTES)
@pytest.mark.parametrize("layout", [on_uvicorn, on_granian] if os.environ.get("LONG_TESTS") else [on_uvicorn])
def test_an_event_loop_under_load(layout: Callable[[Path], None], tmp_path: Path) -> None:
    """Probes are answered beside coroutines that wait for a late host, and not beside one that blocks the loop."""
    layout(tmp_path)
    append(tmp_path / "mysite/settings.py", "\nPROVIDER_URL = 'http://provider.example:80/'\n")
    append(tmp_path / "mysite/urls.py", PAY.format(WAITS))
    assert adopt(tmp_path).returncode == 0
    append(tmp_path / "pyproject.toml", '\n[tool.verification.load]\npath = "/pay/"\n')

    found = verdicts(waiting := gate(tmp_path, "-k", "health_load"))
    assert {found[name] for name in UNDER_LOAD} <= {"passed", "inconclusive"}, waiting.output

    edit(tmp_path / "mysite/urls.py", (WAITS, BLOCKS))
    blocking = gate(tmp_path, "-k", "health_load")
    checks = {check["name"]: check for check in blocking.result["checks"]}
    assert blocking.status == 1
    assert checks["health.saturated"]["verdict"] == "failed", blocking.output
    assert "probes failed beside 24 requests to a late host" in str(checks["health.saturated"]["findings"])
    assert checks["health.slow_clients"]["verdict"] in {"passed", "inconclusive"}, blocking.output
