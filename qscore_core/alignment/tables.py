"""An alignment as one row an image."""

import pandas as pd

from qscore_core.alignment.catalogue import METRIC_KEYS, metric_named
from qscore_core.alignment.settings import KINDS
from qscore_core.alignment.values import Alignment


def image_table(alignment: Alignment) -> pd.DataFrame:
    """`id, path, label` (class name), `heat` (whether there is any), and for each kind of mask its share and metrics.

    `core_share` is the mask's share of the picture, `core_mass` and so on the metrics, `core_mass_shuffled` the same
    with another picture's mask; empty where a number is not defined.
    """
    measured, pictures = alignment.measured, alignment.pictures
    names = [*alignment.classes, ""]
    columns = {"id": pictures["id"], "path": pictures["path"], "label": [names[label] for label in pictures["label"]]}
    columns["heat"] = measured.heat
    for kind, name in enumerate(KINDS):
        columns[f"{name}_share"] = measured.shares[:, kind]
        for place, key in enumerate(METRIC_KEYS):
            columns[f"{name}_{key}"] = measured.values[:, kind, place]
            columns[f"{name}_{key}_shuffled"] = measured.shuffled[:, kind, place]
    return pd.DataFrame(columns)


def pair_table(alignment: Alignment, metric: str) -> pd.DataFrame:
    """One row a feature in one of its strongest images, in the order of `Alignment.pairs`.

    `feature`, `image` (a row of `Alignment.pictures`), `z`, and for each kind of mask the metric, NaN where it is not
    defined. Raises SettingsError for an unknown metric.
    """
    metric_named(metric)
    values = alignment.measured.pair_values[:, :, METRIC_KEYS.index(metric)]
    return alignment.pairs.assign(**{kind: values[:, place] for place, kind in enumerate(KINDS)})
