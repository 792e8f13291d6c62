"""Single faults in a copy of the project: which check of the gate sees each.

Each fault is one small edit of the server, its migrations, its settings or its README. A harmless change is an edit
that no check may report.
"""
