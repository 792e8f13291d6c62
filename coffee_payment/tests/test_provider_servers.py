"""The local providers themselves: what a person who tries the server out meets."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from provider_servers import Fault, TBank, Yookassa
from provider_servers.tbank import sign

from tests.shop import Providers, Shop, state_once_left

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("scenario", "path"), [("Yookassa", "/v1/yook-pay-webhook"), ("TBank", "/v1/tbank-pay-webhook")]
)
@pytest.mark.parametrize(("action", "left"), [("pay", "make_pending"), ("cancel", "not_paid")])
def test_a_person_pays_on_the_providers_page(
    shop: Shop, providers: Providers, live_server: Any, scenario: str, path: str, action: str, left: str
) -> None:
    """The page has two buttons; the notification arrives, and the browser goes back to the order's page."""
    provider: Yookassa | TBank = providers.tbank if scenario == "TBank" else providers.yookassa
    provider.webhook = None
    provider.return_base = "http://shop.localhost:8000"
    order = shop.order(shop.device(scenario))
    page = shop.initiate(order).json()["redirect_url"]

    shown = requests.get(page, timeout=10)
    provider.webhook = live_server.url + path
    back = requests.post(page, data={"action": action}, timeout=10, allow_redirects=False)

    assert "150.00 ₽" in shown.text
    assert back.status_code == 303
    assert back.headers["Location"] == f"http://shop.localhost:8000/v1/order-status-page?order_id={order.pk}"
    # The notification comes from a thread of the provider's, as it comes from elsewhere in real life.
    assert state_once_left(order, {"pending", "paid"}) == left


def test_control_calls_do_what_the_objects_do(providers: Providers) -> None:
    """Faults, calls and latency can be set over HTTP, for servers in other processes."""
    control = providers.server.url + "/control"
    heartbeat = providers.server.url + "/api/ui/v1/stat/heartbeat/recent"

    assert requests.get(f"{control}/health", timeout=5).json() == {"services": ["yookassa", "tbank", "tmetr"]}
    assert requests.post(f"{control}/faults", json={"kind": "status", "status": 418}, timeout=5).ok
    assert requests.post(heartbeat, json={}, timeout=5).status_code == 418
    assert requests.delete(f"{control}/faults", timeout=5).ok
    assert requests.post(heartbeat, json={}, timeout=5).status_code == 401
    assert len(requests.get(f"{control}/calls", timeout=5).json()) == 2
    assert requests.post(f"{control}/faults", json={"kind": "sulk"}, timeout=5).status_code == 400


def test_a_key_gives_one_payment_however_often_it_comes(providers: Providers) -> None:
    body = {
        "amount": {"value": "1.00", "currency": "RUB"},
        "confirmation": {"type": "redirect", "return_url": "https://example.org"},
    }

    def create(key: str) -> Any:
        return requests.post(
            f"{providers.server.url}/v3/payments",
            json=body,
            headers={"Idempotence-Key": key},
            auth=("100500", "test_yookassa_key"),
            timeout=5,
        ).json()["id"]

    assert create("a") == create("a") != create("b")


def test_the_banks_signature_is_that_of_its_documentation() -> None:
    """The example that the bank's own documentation works through."""
    parameters = {
        "TerminalKey": "MerchantTerminalKey",
        "Amount": 19200,
        "OrderId": "00000",
        "Description": "Подарочная карта на 1000 рублей",
        "DATA": {"Phone": "+71234567890"},
        "Receipt": {"Items": []},
    }

    expected = "72dd466f8ace0a37a1f740ce5fb78101712bc0665d91a8108c7c8a0ccd426db2"
    assert sign(parameters, "11111111111111") == expected


@pytest.mark.parametrize("arguments", [["nobody", "--port", "1"], ["tmetr"]])
def test_a_wrong_command_line_is_told_in_a_line(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "provider_servers", *arguments]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault 'sulk'"):
        Fault("sulk")
