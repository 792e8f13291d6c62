"""One result model, and what is printed from it.

Comes in: checks with their evidence. Goes out: terminal, HTML, JSON, JUnit, annotations and history.
"""
