"""Settings module: the project's own, with the host sink for every host, and of a strict site if wanted."""

import os
from importlib import import_module

from .host_sink import ANY_SITE, BASE_SETTINGS, LOADED, SINK_PORT, STRICT_SITE, redirected

_own = {
    name: value for name, value in vars(import_module(os.environ[BASE_SETTINGS])).items() if name.isupper()
}
globals().update(_own)
globals().update(redirected(_own, int(os.environ[SINK_PORT])))
globals().update(STRICT_SITE if os.environ.get(ANY_SITE) else {})
os.write(2, f"{LOADED}\n".encode())
