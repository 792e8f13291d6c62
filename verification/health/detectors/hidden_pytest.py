"""Loads Hypothesis and time-machine without pytest, which both import when they find it.

A project may do other things where pytest is loaded, and is to be seen as it is in production. Import this first.
"""

import sys

_NAMES = ("pytest", "_pytest")
_loaded = {name: sys.modules.get(name) for name in _NAMES}
sys.modules.update(dict.fromkeys(_NAMES))  # type: ignore[arg-type]  # None: not to be found
try:
    import hypothesis  # noqa: F401
    import time_machine  # noqa: F401
finally:
    for _name, _module in _loaded.items():
        if _module is None:
            del sys.modules[_name]
        else:
            sys.modules[_name] = _module
