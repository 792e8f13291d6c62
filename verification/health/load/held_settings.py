"""Settings module: the project's own, with the late host for every outgoing host; databases and caches stay."""

import os
from importlib import import_module

from ..detectors.host_sink import BASE_SETTINGS, SINK_PORT, redirected

_own = {
    name: value for name, value in vars(import_module(os.environ[BASE_SETTINGS])).items() if name.isupper()
}
globals().update(_own)
globals().update(
    {
        name: value
        for name, value in redirected(_own, int(os.environ[SINK_PORT])).items()
        if name not in {"DATABASES", "CACHES"}
    }
)
globals().update(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False)
