"""Tests of ``verification/postgres/``."""
