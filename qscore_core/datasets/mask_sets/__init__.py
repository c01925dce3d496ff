"""Data sets of others that come with masks: one module a set, each reading the set as it is distributed.

Nothing of these sets is part of this program; most may be used for research only.
"""
