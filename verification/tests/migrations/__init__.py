"""Tests of ``verification/migrations/``."""
