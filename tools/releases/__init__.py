"""What the deploy gate says of real releases: ``tox -e releases``."""
