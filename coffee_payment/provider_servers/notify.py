"""Sending notifications to the merchant's server, as providers do: repeated until they are taken."""

import threading
import time
from typing import Any, Final

import requests

TIMEOUT: Final = 30
ATTEMPTS: Final = 10
PAUSE: Final = 1.0
_TAKEN: Final = 200


def send(url: str, body: Any) -> int:
    """Send one notification; give the answer's status, 0 when there was none."""
    try:
        return requests.post(url, json=body, timeout=TIMEOUT, allow_redirects=False).status_code
    except requests.RequestException:
        return 0


def send_until_taken(url: str, body: Any) -> None:
    """Send a notification from a thread, again and again until it is answered with 200."""

    def run() -> None:
        for _ in range(ATTEMPTS):
            if send(url, body) == _TAKEN:
                return
            time.sleep(PAUSE)

    threading.Thread(target=run, daemon=True).start()
