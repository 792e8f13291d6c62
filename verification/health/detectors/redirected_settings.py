"""Settings module: the project's own, every host in them led into the trap, and harsh for probes."""

import os
from importlib import import_module

from verification.health.detectors.host_sink import BASE_SETTINGS, HARSH, IN_FORCE, TRAP_PORT, redirect

_own = {
    name: value for name, value in vars(import_module(os.environ[BASE_SETTINGS])).items() if name.isupper()
}
globals().update(_own)
globals().update(redirect(_own, int(os.environ[TRAP_PORT])))
globals().update(HARSH)
os.write(2, f"{IN_FORCE}\n".encode())
