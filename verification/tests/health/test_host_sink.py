"""The host sink: it takes the place of every host in the settings and counts every connection."""

import socket
from contextlib import closing

import pytest

from verification.health.detectors.host_sink import HostSink, redirected
from verification.postgres import driver


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        ({"BROKER": "redis://user:pass@redis.example:6379/0"}, {"BROKER": "redis://user:pass@127.0.0.1:7/0"}),
        ({"BROKER": "amqp://a:1//;amqp://b:2//"}, {"BROKER": "amqp://127.0.0.1:7//;amqp://127.0.0.1:7//"}),
        ({"API": {"url": ["https://api.example/v3"]}}, {"API": {"url": ["https://127.0.0.1:7/v3"]}}),
        ({"HOSTS": ("http://[::1]:80/", "x")}, {"HOSTS": ("http://127.0.0.1:7/", "x")}),
        ({"STREAM": "ext://sys.stdout", "OTHER": "cfg://handlers.x"}, {}),
        ({"FILE": "sqlite:///db.sqlite3", "TIME": "12:30", "lower": "http://x/"}, {}),
        (
            {
                "DATABASES": {
                    "default": {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "NAME": "n"}
                }
            },
            {
                "DATABASES": {
                    "default": {
                        "ENGINE": "django.db.backends.postgresql",
                        "HOST": "127.0.0.1",
                        "NAME": "n",
                        "PORT": "7",
                    }
                }
            },
        ),
        (
            {"CACHES": {"default": {"LOCATION": "memcached:11211"}}},
            {"CACHES": {"default": {"LOCATION": "127.0.0.1:7"}}},
        ),
        ({"EMAIL_HOST": "smtp.example"}, {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 7}),
    ],
)
def test_redirection(settings: dict[str, object], changed: dict[str, object]) -> None:
    """Every host in the settings becomes the sink; other settings do not change."""
    assert redirected(settings, 7) == changed


def test_every_connection_is_counted_once() -> None:
    """A database driver and a socket that sends nothing are both counted, since the last ``take`` only."""
    with HostSink() as sink:
        assert sink.take() == []
        with pytest.raises(driver.OperationalError):
            driver.connect(host="127.0.0.1", port=sink.port, user="x", dbname="x", sslmode="disable")
        socket.create_connection(("127.0.0.1", sink.port)).close()

        assert len(sink.take()) == 2
        assert sink.take() == []


def test_closed_sink_refuses_connections() -> None:
    """After its end nothing listens on its port."""
    with HostSink() as sink:
        port = sink.port

    with closing(socket.socket()) as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0
