"""The migrations of the payments app, with rows, forward and backward, on SQLite and PostgreSQL."""

import copy
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg2 import sql

ALIAS = "chain"
EXPIRES_AFTER = timedelta(minutes=15)


class OriginalLoader(MigrationLoader):
    """Loads only the original migrations, whatever has been applied."""

    def build_graph(self) -> None:
        self.replace_migrations = False
        super().build_graph()
        for key, migration in self.replacements.items():
            self.graph.remove_replacement_node(key, migration.replaces)


class Chain:
    """The original migrations on a database of their own; a state is named by its number."""

    def __init__(self) -> None:
        self.connection = connections[ALIAS]
        names = sorted(name for app, name in OriginalLoader(None).disk_migrations if app == "payments")
        self.names = {int(name[:4]): name for name in names if "squashed" not in name}

    def go(self, number: int) -> Any:
        """Migrate forward or backward to a state; return that state's models."""
        executor = MigrationExecutor(self.connection)
        executor.loader = OriginalLoader(self.connection)
        target = ("payments", self.names.get(number))
        executor.migrate([target])
        executor.loader.build_graph()
        return executor.loader.project_state([target] if number else []).apps  # type: ignore[list-item]  # None: none of them

    def rows(self, apps: Any, model: str) -> Any:
        return apps.get_model("payments", model).objects.using(ALIAS)


@contextmanager
def postgresql_database(settings: dict[str, Any]) -> Iterator[str]:
    """Create a database next to that of the test run, and drop it at the end."""
    name = f"chain_{uuid.uuid4().hex}"
    admin = psycopg2.connect(
        dbname="postgres",
        **{
            key: settings[key.upper()]
            for key in ("user", "password", "host", "port")
            if settings[key.upper()]
        },
        **{key: value for key, value in settings["OPTIONS"].items() if key.startswith("ssl")},
    )
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield name
    finally:
        with admin.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.close()


@contextmanager
def registered(settings: dict[str, Any]) -> Iterator[None]:
    """Make the database known to Django under the alias of the chain."""
    connections.databases[ALIAS] = settings
    try:
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def chain(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[Chain]:
    """An empty database of each kind."""
    settings = copy.deepcopy(connections["default"].settings_dict)
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            settings |= {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": tmp_path / "chain.sqlite3",
                "OPTIONS": {"init_command": "PRAGMA synchronous=OFF"},
            }
            with registered(settings):
                yield Chain()
        else:
            with (
                postgresql_database(settings) as name,
                registered(settings | {"NAME": name, "CONN_MAX_AGE": 0}),
            ):
                yield Chain()


def add_rows(chain: Chain, apps: Any) -> dict[str, Any]:
    """Fill the tables of state 0002; return short name -> primary key."""
    merchant = chain.rows(apps, "Merchant").create(
        name="Coffee", contact_email="m@example.com", bank_account="1", valid_until="2030-01-01"
    )
    keys: dict[str, Any] = {"merchant": merchant.pk}
    for place in ("hall", "yard"):
        device = chain.rows(apps, "Device").create(
            merchant=merchant, location=place, status="online", last_interaction=datetime.now(UTC)
        )
        keys[place] = device.pk
    drink = chain.rows(apps, "Drink").create(name="Латте", description="milk", prices={"1": 150})
    keys["drink"] = drink.pk
    for status in ("created", "pending", "success"):
        order = chain.rows(apps, "Order").create(
            drink=drink, device=device, merchant=merchant, size=1, price=15000, status=status
        )
        chain.rows(apps, "Payment").create(order=order, merchant=merchant, amount=15000, status="pending")
        chain.rows(apps, "Receipt").create(order=order, contact=f"{status}@example.com", status="pending")
        keys[status] = order.pk
    return keys


def schema(connection: Any) -> dict[str, Any]:
    """Columns, indexes and constraints of the app's tables, names included."""
    introspection = connection.introspection
    found = {}
    with connection.cursor() as cursor:
        for table in introspection.table_names(cursor):
            if table.startswith("payments_"):
                columns = introspection.get_table_description(cursor, table)
                found[table] = (
                    {column.name: tuple(column)[1:] for column in columns},
                    introspection.get_constraints(cursor, table),
                    introspection.get_relations(cursor, table),
                )
    return found


@pytest.mark.slow
def test_rows_survive_every_step_forth_and_back(chain: Chain) -> None:
    """Each step is applied, reversed and applied again over rows; only 0008 cannot be reversed with orders."""
    apps = chain.go(2)
    keys = add_rows(chain, apps)

    for number in range(3, 27):
        chain.go(number)
        if number != 8:
            chain.go(number - 1)
            apps = chain.go(number)

    texts = {name: str(key) for name, key in keys.items()}
    orders = {order.pk: order for order in chain.rows(apps, "Order").all()}
    assert set(orders) == {texts["created"], texts["pending"], texts["success"]}
    assert {orders[texts[name]].status for name in ("created", "pending")} == {"created", "pending"}
    assert orders[texts["success"]].status == "successful"
    for order in orders.values():
        assert order.drink_name == "Латте"
        assert order.expires_at == order.created_at + EXPIRES_AFTER
        assert order.check_attempts == 0
        assert order.status_check_type == (None if order.status == "created" else "polling")
    for model in ("Payment", "Receipt"):
        assert set(chain.rows(apps, model).values_list("order_id", flat=True)) == set(orders)
        assert {row.order.merchant_id for row in chain.rows(apps, model).all()} == {keys["merchant"]}
    drink = chain.rows(apps, "Drink").get()
    assert (drink.pk, drink.name, drink.prices, drink.available) == (
        texts["drink"],
        "Латте",
        {"1": 150},
        True,
    )
    ids = list(chain.rows(apps, "Device").values_list("device_uuid", flat=True))
    assert len(set(ids)) == 2
    assert [str(uuid.UUID(each)) for each in ids] == ids


@pytest.mark.slow
def test_the_whole_way_back(chain: Chain) -> None:
    """Rows are migrated back as far as the guards allow, and an emptied database to zero."""
    keys = add_rows(chain, chain.go(2))
    chain.go(26)

    apps = chain.go(8)
    assert chain.rows(apps, "Order").get(pk=keys["success"]).status == "success"
    assert set(chain.rows(apps, "Payment").values_list("order_id", flat=True)) == {
        keys["created"],
        keys["pending"],
        keys["success"],
    }
    assert chain.rows(apps, "Drink").get().pk == keys["drink"]

    with pytest.raises(IrreversibleError, match="0008"):
        chain.go(7)
    chain.rows(apps, "Order").all().delete()
    apps = chain.go(2)
    assert chain.rows(apps, "Device").count() == 2

    with pytest.raises(IrreversibleError, match="0002"):
        chain.go(1)
    chain.rows(apps, "Device").all().delete()
    chain.go(0)
    assert schema(chain.connection) == {}


def test_0002_refuses_rows_that_it_would_unlink(chain: Chain) -> None:
    """A plain UUID column cannot become a foreign key, so the step stops and names the table."""
    apps = chain.go(1)
    chain.rows(apps, "Device").create(
        merchant_id=uuid.uuid4(), location="hall", status="online", last_interaction=datetime.now(UTC)
    )

    with pytest.raises(RuntimeError, match="Device"):
        chain.go(2)

    assert chain.rows(apps, "Device").count() == 1


def test_0009_stops_on_an_order_status_without_a_successor(chain: Chain) -> None:
    """The status `prepared` of 0001 is not in the new set."""
    keys = add_rows(chain, chain.go(2))
    apps = chain.go(8)
    chain.rows(apps, "Order").filter(pk=keys["created"]).update(status="prepared")

    with pytest.raises(RuntimeError, match="prepared"):
        chain.go(9)

    assert chain.rows(apps, "Order").get(pk=keys["success"]).status == "success"


def test_0012_fills_an_empty_scenario(chain: Chain) -> None:
    """Empty meant the default; going back leaves the default."""
    add_rows(chain, chain.go(2))
    apps = chain.go(11)
    chain.rows(apps, "Device").filter(location="hall").update(payment_scenario="")
    chain.rows(apps, "Device").filter(location="yard").update(payment_scenario="TBank")

    chain.go(12)
    apps = chain.go(11)

    assert set(chain.rows(apps, "Device").values_list("location", "payment_scenario")) == {
        ("hall", "Yookassa"),
        ("yard", "TBank"),
    }


GUARDED = [
    pytest.param(9, 8, "Order", {"status": "not_paid"}, "not_paid", id="0009-status"),
    pytest.param(14, 13, "Order", {"id": "QR-17"}, "QR-17", id="0014-order-id"),
    pytest.param(20, 19, "Drink", {"id": "17"}, "17", id="0020-drink-id"),
    pytest.param(20, 19, "Drink", {"meta": {"vat_code": 1}}, "meta", id="0020-meta"),
    pytest.param(4, 3, "Device", {"device_uuid": "machine"}, "machine", id="0004-device-id"),
]


@pytest.mark.parametrize(("state", "back", "model", "change", "words"), GUARDED)
def test_a_step_that_would_lose_data_is_not_undone(
    chain: Chain, state: int, back: int, model: str, change: dict[str, Any], words: str
) -> None:
    """The guard runs first on the way back, so that nothing has been changed when it refuses."""
    keys = add_rows(chain, chain.go(2))
    apps = chain.go(state)
    if model == "Order":
        chain.rows(apps, "Payment").all().delete()
        chain.rows(apps, "Receipt").all().delete()
    row = {"Order": "success", "Drink": "drink", "Device": "hall"}[model]
    chain.rows(apps, model).filter(pk=str(keys[row])).update(**change)
    before = schema(chain.connection)

    with pytest.raises(IrreversibleError, match=words):
        chain.go(back)

    assert schema(chain.connection) == before


def test_0014_tells_ids_that_would_fall_together(chain: Chain) -> None:
    """One UUID in two spellings is two orders as text, and one as a UUID."""
    keys = add_rows(chain, chain.go(2))
    apps = chain.go(14)
    order = chain.rows(apps, "Order").get(pk=str(keys["created"]))
    order.pk = order.pk.upper().replace("-", "")
    order.save(force_insert=True)

    with pytest.raises(IrreversibleError, match="same UUID"):
        chain.go(13)


def test_the_squash_makes_the_schema_of_the_chain(chain: Chain) -> None:
    """Columns, indexes, constraints and relations are equal, names included."""
    executor = MigrationExecutor(chain.connection)
    executor.migrate([("payments", "0001_squashed_0026_add_status_check_type")])
    squashed = schema(chain.connection)
    executor.loader.build_graph()
    executor.migrate([("payments", None)])

    chain.go(26)

    assert len(squashed) == 9
    assert schema(chain.connection) == squashed


def test_a_database_in_the_middle_goes_on_with_the_originals(chain: Chain) -> None:
    """Django itself, with both in the tree, finishes the chain and then counts the squash as applied."""
    keys = add_rows(chain, chain.go(2))
    chain.go(13)

    call_command("migrate", "payments", database=ALIAS, verbosity=0)

    executor = MigrationExecutor(chain.connection)
    assert ("payments", "0001_squashed_0026_add_status_check_type") in executor.loader.applied_migrations
    apps = executor.loader.project_state().apps
    assert chain.rows(apps, "Order").filter(pk=str(keys["pending"]), status_check_type="polling").exists()


def test_the_models_need_no_further_migration(db: None) -> None:
    """`makemigrations --check` has nothing to report."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
