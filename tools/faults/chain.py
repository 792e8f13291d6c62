"""Faults, still to come."""

FAULTS: tuple[()] = ()
