"""One id through request, log, answer and task."""

import re

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.test import Client
from payments import request_id
from payments.request_id import HEADER, RequestIdFilter


def test_a_given_id_is_kept_and_logged(db: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())

    answer = Client().get("/v1/pay", headers={HEADER: "proxy-12345678"})

    assert answer[HEADER] == "proxy-12345678"
    assert {vars(record).get("request_id") for record in caplog.records} == {"proxy-12345678"}
    assert request_id.current() == ""


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "has space in it", 'quote"quote'])
def test_an_unfit_id_is_replaced(given: str) -> None:
    answer = Client().post("/v1/process_payment/", headers={HEADER: given})

    assert re.fullmatch("[0-9a-f]{32}", answer[HEADER])


def test_a_task_goes_on_with_the_id_of_its_request() -> None:
    """The id travels in the message's headers to a real worker, here over an in-memory broker."""
    app = Celery("request-id", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.broker_transport_options = {"polling_interval": 0.02}

    @app.task(name="tests.current_id")  # type: ignore[untyped-decorator]
    def current_id() -> str:
        return request_id.current()

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        request_id._current.set("request-of-a-customer")
        with_request = current_id.delay()
        request_id._current.set("")
        of_beat = current_id.delay()

        assert with_request.get(timeout=30, interval=0.02) == "request-of-a-customer"
        assert of_beat.get(timeout=30, interval=0.02) == of_beat.id
