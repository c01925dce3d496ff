"""Small representations with clusters, as arrays and in a workspace."""

import numpy as np

from qscore_core.imported import ImportRequest, import_features
from qscore_core.pipeline import analyse
from qscore_core.qscore import FeatureSettings, ScoreSettings


def rows(images, dim=40, seed=0, clusters=4):
    """Non-negative rows around a few centres, some entries exactly zero."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).exponential(1, (clusters, dim))
    noise = rng.standard_normal((images, dim))
    return np.maximum(centres[rng.integers(0, clusters, images)] + noise, 0).astype(np.float32)


def imported(workspace, folder, **splits):
    """Arrays as splits of `features:mine`; the representations by split."""
    found = {}
    for split, array in splits.items():
        np.save(folder / f"{split}.npy", array)
        found[split] = import_features(ImportRequest(folder / f"{split}.npy", "mine", split), workspace)
    return found


def analysed(workspace, target, fit):
    return analyse(target, fit, ScoreSettings(FeatureSettings(2.0)), workspace)
