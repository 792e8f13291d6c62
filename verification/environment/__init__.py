"""Environment variables: those read by the settings, those documented, those a deployment offers.

Comes in: settings, README and deployment files. Goes out: findings where they disagree.
"""
