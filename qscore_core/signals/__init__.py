"""Per-image signals that may predict a mistake: what Q-Score is compared with.

>>> from qscore_core.signals import Evidence, signal_values
>>> signal_values(Evidence(analysis, workspace))  # doctest: +SKIP
"""

from qscore_core.signals.catalogue import SIGNALS, offered, signal_values, trust
from qscore_core.signals.evidence import Evidence
from qscore_core.signals.signal import Signal

__all__ = ["SIGNALS", "Evidence", "Signal", "offered", "signal_values", "trust"]
