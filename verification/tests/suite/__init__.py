"""Tests of ``verification/suite/``."""
