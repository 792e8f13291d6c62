"""How fast schemas are compared, against pg_dump and migra; ``python -m tools.benchmarks``."""
