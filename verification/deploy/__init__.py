"""May this branch be deployed: its new migrations run on rows and beside the code that is in production.

Comes in: a Git revision (what runs in production) and the working tree. Goes out: findings, each with
what was measured.
"""
