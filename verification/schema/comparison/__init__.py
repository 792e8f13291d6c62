"""Comparison of two schemas: renames, derived differences and options.

In: two schemas and options. Out: a list of differences, one for each cause. Nothing else in the project
decides what equal means.
"""
