"""The payments server under everything that can go wrong, and the proof that no paid order is lost.

Customers buy from a real server (gunicorn, a process that checks payments, PostgreSQL) over local provider servers.
Provider calls fail, notifications are lost, doubled or late, processes are killed, database connections cut, and
staff acts in between. At the end the provider's own truth is compared with orders, ledger and journal.
"""
