"""Detectors of queries and outgoing calls, each with the violations that it must see."""
