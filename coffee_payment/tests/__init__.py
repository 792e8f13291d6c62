"""Tests of the payments server."""
