"""Starting, watching and ending child processes on any machine.

Comes in: a program and its environment. Goes out: a process that ends with the harness, its answers
and its output. Knows neither PostgreSQL nor Django.
"""
