"""Throughput of the payments server on this machine.

`python -m benchmarks` (in coffee_payment/, with DB_NAME and the other DB_ variables naming a PostgreSQL
server; the figures are taken in a database of their own, which is dropped at the end).
"""
