"""Tests of ``verification/report/``."""
