"""gunicorn's logger with the fields of an access line that `coffee_payment.logs` writes, and no others."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger


class AccessLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """The library's own gives each line every header and every variable of the request."""

    def atoms(self, resp: Any, _req: Any, environ: Any, request_time: timedelta) -> dict[str, Any]:
        """Return what `coffee_payment.logs.access_fields` reads."""
        return {
            "h": environ.get("REMOTE_ADDR", "-"),
            "m": environ.get("REQUEST_METHOD"),
            "U": environ.get("PATH_INFO"),
            "s": str(resp.status).split(None, 1)[0],
            "B": getattr(resp, "sent", None),
            "M": request_time // timedelta(milliseconds=1),
            **{f"{{{name.lower()}}}o": value for name, value in resp.headers},
        }
