"""What the wheel's name means in an editable installation: the modules of the checkout, loaded once.

``pyproject.toml`` puts this folder on the path of such an installation. Its entry points name the wheel's modules.
"""

import sys

import verification.__main__
import verification.pytest_plugin

for _module in (verification.__main__, verification.pytest_plugin):
    sys.modules[_module.__name__.replace(verification.__name__, __name__, 1)] = _module
