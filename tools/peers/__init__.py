"""The same mutations, seen by this project's reader and by its peers; ``python -m tools.peers``."""
