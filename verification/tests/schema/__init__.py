"""Tests of ``verification/schema/``."""
