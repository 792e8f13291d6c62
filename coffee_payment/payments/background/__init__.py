"""The background payment check: claim, ask, apply (docs/domain.md, section 7).

Orders are claimed one at a time, each in a short transaction of its own, so ticks and workers may overlap. The
claim is a lease: it sets `next_check_at` to its own end, and only the process that still finds its value there may
act on the answer. The provider is asked without a lock or a transaction.
"""
