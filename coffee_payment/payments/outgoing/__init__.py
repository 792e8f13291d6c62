"""Calls to other services: one bounded HTTP call, its typed errors, and TMetr, the machines' telemetry service.

A caller gives a URL and a JSON body and gets the decoded answer, or a `ProviderError`.
"""
