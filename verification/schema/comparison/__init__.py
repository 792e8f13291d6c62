"""Comparison of two schemas: renames, derived differences and options.

Comes in: two schemas. Goes out: a list of differences, one for each cause. Nothing else in the project
decides what equal means.
"""
