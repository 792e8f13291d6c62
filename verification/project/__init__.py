"""The project under verification: its configuration, environment, settings, web server and worker.

Comes in: ``[tool.verification]`` of a pyproject.toml and a database. Goes out: running processes of the
project and HTTP answers.
"""
