"""Reconciliation: the providers' own account of the payments, against orders and ledger.

A provider with a list is read by the time of creation, a day at a time, so memory does not grow with the number of
payments; the others are asked about each attempt. Everything is read before anything is corrected, and a correction
asks the provider again and goes through the state machine.
"""
