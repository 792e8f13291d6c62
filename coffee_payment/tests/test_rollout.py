"""The measurements of `benchmarks/` on a small scale: a roll-out, and probes without end."""

import os
from typing import TYPE_CHECKING

import pytest
from benchmarks import endurance, rollout

if TYPE_CHECKING:
    from tests.shop import Shop

pytestmark = pytest.mark.slow


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_servers_are_replaced_without_a_lost_request(shop: "Shop") -> None:
    """Two servers behind a balancer, one by one; each leaves the balancer before it ends, with status 0."""
    from django.conf import settings
    from django.db import connection
    from payments.models import Order

    database = connection.settings_dict
    environment = {
        **{f"DB_{name}": str(database[name]) for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
        "SECRET_KEY": os.environ.get("SECRET_KEY") or settings.SECRET_KEY,
        "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
        "ALLOWED_HOSTS": "*",
    }

    met = rollout.rehearse(environment, shop.device().device_uuid, customers=2, workers=1)

    assert met["failed"] == []
    assert met["not_made_once"] == []
    assert met["orders"] == Order.objects.filter(status="make_pending").count() > 0
    for server in met["replaced"]:
        assert server["status"] == 0
        assert server["not_ready_s"] is not None
        assert server["not_ready_s"] < server["ended_s"]


def test_probes_beside_idle_clients_and_without_end() -> None:
    """Memory does not grow with the probes, and every one is answered beside 300 idle connections."""
    with endurance.server() as (port, pid):
        lines = list(endurance.beside(port, pid, idle=300, probes=20))
        grown = endurance.memory(port, pid, 10_000)

    assert len(lines) == len(endurance.HOSTILE) + 2
    assert grown["growth_bytes"] < 1024 * 1024
