"""Migration files, and the chains that they form.

Comes in: an app. Goes out: ordered lists of migrations, original and squashed.
"""
