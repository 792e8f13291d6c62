"""Tests of ``verification/environment/``."""
