"""TMetr, the machines' telemetry: prices, heartbeats, the make command."""

import threading
import time
from typing import Any, Final

from provider_servers.messages import Answer, Call

DRINK: Final = "/api/ui/v1/static/drink"
MAKE: Final = "/api/commander/v1/command/make"
HEARTBEAT: Final = "/api/ui/v1/stat/heartbeat/recent"
CONTROL: Final = "/control/tmetr"
_SIZES: Final = frozenset({"SMALL", "MEDIUM", "BIG"})


class TMetr:
    """The service. By default every device is online and every drink has a price."""

    name = "tmetr"
    public_url = ""

    def __init__(
        self, *, token: str | None = None, price: Any = 15000, make_status: str = "ACCEPTED"
    ) -> None:
        """`token`: the bearer token to ask for (None: any); `price`: of every drink, in kopecks."""
        self.token = token
        self.price = price
        self.make_status = make_status
        self.heartbeats: dict[str, Any] = {}
        """Device id -> heartbeatCreatedAt, or None for a device never seen; absent: seen just now."""
        self.commands: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def answer(self, call: Call) -> Answer | None:
        """Act on a call of the API."""
        handler = {DRINK: self._drink, MAKE: self._make, HEARTBEAT: self._heartbeat}.get(call.path)
        if handler is None:
            return None
        given = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not given or (self.token is not None and given != self.token):
            return Answer({"message": "unauthorized"}, status=401)
        return handler(call.body) if call.method == "POST" else Answer({"message": "POST"}, status=405)

    def control(self, call: Call) -> Answer | None:
        """`/control/tmetr`: the make commands; POST sets price, make_status, heartbeats."""
        if call.path != CONTROL:
            return None
        body = call.body or {}
        self.price = body.get("price", self.price)
        self.make_status = body.get("make_status", self.make_status)
        self.heartbeats |= body.get("heartbeats", {})
        return Answer({"commands": self.commands})

    def made(self, order_id: str) -> int:
        """Return how many make commands came for an order."""
        return sum(command["orderUuid"] == order_id for command in list(self.commands))

    def _drink(self, body: Any) -> Answer:
        if not isinstance(body, dict) or body.get("drinkSize") not in _SIZES or not body.get("deviceId"):
            return Answer({"message": "bad request"}, status=400)
        return Answer({"drinkIdAtDevice": body.get("drinkIdAtDevice"), "price": self.price})

    def _make(self, body: Any) -> Answer:
        needed = {"deviceId", "orderUuid", "drinkUuid", "size", "price"}
        if not isinstance(body, list) or len(body) != 1 or not needed <= set(body[0]):
            return Answer({"message": "bad request"}, status=400)
        with self._lock:
            self.commands.append(body[0])
        return Answer({"status": self.make_status})

    def _heartbeat(self, body: Any) -> Answer:
        content = []
        for device in body.get("deviceIds", []) if isinstance(body, dict) else []:
            seen = self.heartbeats.get(device, round(time.time() * 1000))
            if seen is not None:
                content.append({"deviceId": device, "deviceIotName": "coffee", "heartbeatCreatedAt": seen})
        return Answer({"content": content, "totalElements": len(content)})
