"""Tests of the harness: it must catch what it claims to catch."""
