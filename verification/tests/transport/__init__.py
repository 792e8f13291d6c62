"""Tests of ``verification/transport/``."""
