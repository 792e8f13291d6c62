"""Detectors of queries and outgoing calls: one module for each family, beside what all of them share.

``violations`` lists what a health endpoint must not do, ``detector`` says what a detector sees,
``observations`` what it saw. The families are ``in_process_detectors``, ``postgres_log``, ``host_sink``
and ``strace``. ``session`` starts the processes of one project and observes them; ``self_test`` holds
the detectors to what they claim.
"""
