"""The data model: rules of single rows."""

import importlib
import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from payments.fields import cipher, decrypt, encrypt, is_encrypted
from payments.models import Device, Merchant, MerchantCredentials, Order

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
KEYS = {"account_id": "shop-17", "secret_key": "live_ключ"}


def merchant(**values: Any) -> Merchant:
    defaults = {
        "name": "Кофе",
        "contact_email": "m@example.com",
        "bank_account": "1",
        "valid_until": date.max,
    }
    return Merchant.objects.create(**defaults | values)


def device(**values: Any) -> Device:
    defaults = {
        "device_uuid": "machine-1",
        "location": "hall",
        "status": Device.Status.ONLINE,
        "last_interaction": timezone.now(),
    }
    owner = values.pop("merchant", None) or merchant()
    return Device.objects.create(merchant=owner, **defaults | values)


def order(**values: Any) -> Order:
    machine = device()
    defaults = {"id": "QR-1", "drink_name": "Латте", "size": 2, "price": 15000, "status": "created"}
    return Order(device=machine, merchant=machine.merchant, **defaults | values)


DAYS = [
    # now (UTC), zone, last paid day, active
    ("2026-05-31T20:59:59", "Europe/Moscow", date(2026, 5, 31), True),
    ("2026-05-31T21:00:00", "Europe/Moscow", date(2026, 5, 31), False),
    ("2026-05-31T21:00:00", "UTC", date(2026, 5, 31), True),
    ("2026-06-01T09:00:00", "America/Los_Angeles", date(2026, 6, 1), True),
    ("2026-06-01T06:59:00", "America/Los_Angeles", date(2026, 5, 31), True),
]


@pytest.mark.parametrize(("now", "zone", "last", "active"), DAYS)
def test_a_merchants_last_day_is_paid_in_its_own_zone(now: str, zone: str, last: date, active: bool) -> None:
    """The day of valid_until counts in full, by MERCHANT_TIME_ZONE."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    with (
        override_settings(MERCHANT_TIME_ZONE=zone),
        mock.patch("django.utils.timezone.now", return_value=moment),
    ):
        assert Merchant(valid_until=last).is_active() is active


@pytest.mark.django_db
def test_a_new_order_lives_for_the_configured_time() -> None:
    """Only the first insert sets `expires_at`, and never overrides a given one."""
    before = timezone.now()
    with override_settings(ORDER_EXPIRATION_MINUTES=7):
        new = order()
        new.save()

    assert new.expires_at is not None
    assert before <= new.expires_at - timedelta(minutes=7) <= timezone.now()
    new.expires_at = None
    new.save()
    new.refresh_from_db()
    assert new.expires_at is None
    assert not new.is_expired()


@pytest.mark.django_db
def test_an_end_that_is_given_stays() -> None:
    """An order is expired after `expires_at`, not at it."""
    end = datetime(2026, 1, 1, tzinfo=UTC)
    given_end = order(expires_at=end)
    given_end.save()

    assert given_end.expires_at == end
    assert given_end.is_expired()
    assert not given_end.is_expired(end)


@pytest.mark.parametrize(("scenario", "accepted"), [("TBank", True), ("", True), ("Cash", False)])
def test_a_device_takes_a_known_scenario(scenario: str, accepted: bool) -> None:
    """A blank scenario means the default."""
    machine = Device(payment_scenario=scenario)

    with override_settings(PAYMENT_SCENARIOS=["TBank", "Custom"], DEFAULT_PAYMENT_SCENARIO="Custom"):
        if accepted:
            machine.clean()
            assert machine.scenario == (scenario or "Custom")
        else:
            with pytest.raises(ValidationError) as error:
                machine.clean()
            assert "payment_scenario" in error.value.message_dict


def test_credentials_take_a_known_scenario() -> None:
    """The rule is the same as for devices."""
    with pytest.raises(ValidationError):
        MerchantCredentials(scenario="Cash").clean()
    MerchantCredentials(scenario="TBank").clean()


@pytest.mark.django_db
def test_one_merchant_has_one_set_of_credentials_per_scenario() -> None:
    """The database refuses a second row."""
    owner = merchant()
    MerchantCredentials.objects.create(merchant=owner, scenario="TBank", credentials=KEYS)
    MerchantCredentials.objects.create(merchant=owner, scenario="Yookassa", credentials=KEYS)

    with pytest.raises(IntegrityError), transaction.atomic():
        MerchantCredentials.objects.create(merchant=owner, scenario="TBank", credentials=KEYS)


def stored(row: MerchantCredentials) -> Any:
    """Return the column as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT credentials FROM payments_merchantcredentials WHERE id = %s",
            [row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )
        (value,) = cursor.fetchone()
    return json.loads(value) if isinstance(value, str) else value


@pytest.mark.django_db
@override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW, OLD])
def test_credentials_are_encrypted_at_rest() -> None:
    """The database holds one token; the model returns the keys. update() does not know the row."""
    row = MerchantCredentials.objects.create(merchant=merchant(), scenario="TBank", credentials=KEYS)

    assert is_encrypted(stored(row))
    assert "shop-17" not in json.dumps(stored(row))
    assert MerchantCredentials.objects.get().credentials == KEYS
    with pytest.raises(TypeError):
        MerchantCredentials.objects.update(credentials=KEYS | {"a": 1})
    assert "shop-17" not in str(row)


def store(row: MerchantCredentials, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_merchantcredentials SET credentials = %s WHERE id = %s",
            [json.dumps(value), row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )


def unbound(value: Any) -> dict[str, str]:
    """Return what former releases stored."""
    return {"fernet": cipher().encrypt(json.dumps(value).encode()).decode()}


@pytest.mark.django_db
@override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW])
def test_a_token_is_good_for_its_row_only() -> None:
    """Whoever can write the table cannot lead one merchant's payments to another's account."""
    ours, theirs = (
        MerchantCredentials.objects.create(merchant=merchant(), scenario="TBank", credentials={"key": key})
        for key in ("ours", "theirs")
    )
    store(ours, stored(theirs))

    with pytest.raises(ImproperlyConfigured, match="for another row"):
        MerchantCredentials.objects.get(pk=ours.pk)
    assert MerchantCredentials.objects.get(pk=theirs.pk).credentials == {"key": "theirs"}
    with pytest.raises(CommandError, match="for another row"):
        call_command("rotate_credentials", "--bind", verbosity=0)


@pytest.mark.django_db
@override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW])
@pytest.mark.parametrize("form", ["plain", "unbound"])
def test_what_is_not_bound_is_taken_only_on_demand(form: str) -> None:
    row = MerchantCredentials.objects.create(merchant=merchant(), scenario="TBank", credentials=KEYS)
    store(row, KEYS if form == "plain" else unbound(KEYS))

    with pytest.raises(ImproperlyConfigured, match="rotate_credentials --bind"):
        MerchantCredentials.objects.get()
    with pytest.raises(CommandError):
        call_command("rotate_credentials", verbosity=0)
    call_command("rotate_credentials", "--bind", verbosity=0)

    assert MerchantCredentials.objects.get().credentials == KEYS


@pytest.mark.django_db
@override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW])
def test_the_migration_binds_and_former_releases_still_read() -> None:
    """A key more in the object is all that they see."""
    rows = [
        MerchantCredentials.objects.create(merchant=merchant(), scenario="TBank", credentials=KEYS)
        for _ in range(3)
    ]
    lost = {"fernet": Fernet(OTHER).encrypt(b"{}").decode()}
    for row, value in zip(rows, (KEYS, unbound(KEYS), lost), strict=True):
        store(row, value)

    migration = importlib.import_module("payments.migrations.0032_bind_credentials")
    migration.bind(apps, SimpleNamespace(connection=connection))

    for row in rows[:2]:
        assert MerchantCredentials.objects.get(pk=row.pk).credentials == KEYS
        token = stored(row)["fernet"].encode()
        assert json.loads(cipher().decrypt(token)).items() >= KEYS.items()
    assert stored(rows[2]) == lost


@pytest.mark.django_db
def test_a_fixture_carries_the_encrypted_form() -> None:
    """`dumpdata` prints no key, and `loaddata` does not encrypt twice."""
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW]):
        row = MerchantCredentials.objects.create(merchant=merchant(), scenario="TBank", credentials=KEYS)
        text = serializers.serialize("json", [row])
        (loaded,) = serializers.deserialize("json", text)
        loaded.save()

        assert "shop-17" not in text
        assert MerchantCredentials.objects.get().credentials == KEYS


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["credentials", "credentials__account_id", "credentials__contains"])
def test_there_are_no_lookups_inside_the_credentials(lookup: str) -> None:
    """Tokens of equal values differ, so a lookup would be wrong; it is an error instead."""
    with pytest.raises(FieldError):
        MerchantCredentials.objects.filter(**{lookup: "shop-17"}).exists()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(json_values)
def test_every_value_comes_back_with_any_key_of_the_list(value: Any) -> None:
    """The first key writes; after it moved down the list, the token is still read."""
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[OLD]):
        envelope = encrypt(value, "row-1")
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW, OLD]):
        assert decrypt(envelope).value_for("row-1") == value
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW]), pytest.raises(ImproperlyConfigured):
        decrypt(envelope)


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "ключ"], [""]])
def test_a_missing_or_malformed_key_is_told_on_first_use(keys: list[str]) -> None:
    """The error names the variable and never the key."""
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=keys), pytest.raises(ImproperlyConfigured) as error:
        encrypt(KEYS, "row-1")

    assert "CREDENTIALS_ENCRYPTION_KEY" in str(error.value)
    assert NEW not in str(error.value)


@pytest.mark.django_db
def test_rotation_rewrites_every_row_with_the_first_key() -> None:
    """Afterwards the old key can be removed."""
    owner = merchant()
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[OLD]):
        for scenario in ("TBank", "Yookassa"):
            MerchantCredentials.objects.create(merchant=owner, scenario=scenario, credentials=KEYS)

    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW, OLD]):
        call_command("rotate_credentials", verbosity=0)

    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW]):
        assert [row.credentials for row in MerchantCredentials.objects.all()] == [KEYS, KEYS]


@pytest.mark.django_db
def test_rotation_changes_nothing_when_a_row_cannot_be_read() -> None:
    """All rows or none, and the message names the row."""
    owner = merchant()
    rows = {}
    for key, scenario in ((OLD, "TBank"), (OTHER, "Yookassa")):
        with override_settings(CREDENTIALS_ENCRYPTION_KEY=[key]):
            rows[scenario] = MerchantCredentials.objects.create(
                merchant=owner, scenario=scenario, credentials=KEYS
            )

    with (
        override_settings(CREDENTIALS_ENCRYPTION_KEY=[NEW, OLD]),
        pytest.raises(CommandError, match=str(rows["Yookassa"].pk)),
    ):
        call_command("rotate_credentials", verbosity=0)

    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[OLD]):
        assert MerchantCredentials.objects.get(scenario="TBank").credentials == KEYS
