"""Cases for the comparison of schemas: mutations, each of which is one difference, and harmless changes.

``base.sql`` (and ``since_<version>.sql`` on newer servers) makes the database that a case changes. The cases are
in one module for each object class, as PostgreSQL names it. ``judging.py`` runs them.
"""
