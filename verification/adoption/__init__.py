"""Adopting the harness in a project: look at it, write its configuration, say what is missing.

Comes in: a project's folder. Goes out: ``[tool.verification]`` of its pyproject.toml, and what each check still needs.
"""
