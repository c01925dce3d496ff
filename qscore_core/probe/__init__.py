"""The linear probe: how much of the classes can be read off frozen representations (arXiv 2203.01881, section 3).

>>> from qscore_core.probe import ProbeSettings, fit_probe
>>> probe = fit_probe(train_h, train_labels, classes=10)  # doctest: +SKIP
>>> correct = probe.correct(test_h, test_labels)  # doctest: +SKIP
"""

from qscore_core.probe.fitting import fit_probe
from qscore_core.probe.linear_probe import LinearProbe, ProbeRecord, load_probe
from qscore_core.probe.settings import LogisticRecipe, ProbeSettings, SgdRecipe

__all__ = ["LinearProbe", "LogisticRecipe", "ProbeRecord", "ProbeSettings", "SgdRecipe", "fit_probe", "load_probe"]
