"""Tests of ``verification/processes/``."""
