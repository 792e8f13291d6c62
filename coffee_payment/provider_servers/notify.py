"""Notifications to the merchant's server, repeated until it takes them, as providers do."""

import json
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

TIMEOUT_SECONDS: Final = 30
ATTEMPTS: Final = 10
PAUSE_SECONDS: Final = 1.0
_TAKEN: Final = 200


def send(url: str, body: Any) -> int:
    """Send one notification; return the answer's status, 0 when there was none."""
    address = urlsplit(url)
    connection_type = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = connection_type(address.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", address.path, json.dumps(body), {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (HTTPException, OSError):
        return 0
    finally:
        connection.close()


def send_until_taken(url: str, body: Any) -> None:
    """Send a notification from a thread, again and again until the answer is 200."""

    def run() -> None:
        for _ in range(ATTEMPTS):
            if send(url, body) == _TAKEN:
                return
            time.sleep(PAUSE_SECONDS)

    threading.Thread(target=run, daemon=True).start()
