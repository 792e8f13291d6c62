"""The same mutations, seen by this project's reader and by its peers; ``python -m verification.peers``."""
