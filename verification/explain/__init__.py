"""What a finding means: one page for each code.

Comes in: a code. Goes out: its page, from the package. A page is added by its file in ``pages/``.
"""
