"""Tests of ``verification/health/``."""
