"""Prepares the database for the load: migrations, then the project's own function.

``python -m <package>.health.load.prepare MODULE:FUNCTION REQUESTS`` in the project's environment.
"""

import sys
from importlib import import_module

if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    module, _, function = sys.argv[1].partition(":")
    getattr(import_module(module), function)(int(sys.argv[2]))
