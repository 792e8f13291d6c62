"""Tests of ``verification/project/``."""
