"""Environment variables: those that the settings read, the README documents and the deployment files set.

Input: settings, README and deployment files. Output: a finding for each place where they disagree.
"""
