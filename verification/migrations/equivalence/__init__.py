"""Whether a squash does what its originals do, from every partial state and back.

Comes in: chains. Goes out: differences, attributed to the squash that causes them.
"""
