"""Label-free numbers of an encoder as a whole, from its stored representations h [image, feature].

One pass over the rows adds up a few sums in float64 (`RowSums`); every metric is one short function.

>>> from qscore_core.model_metrics import model_metrics
>>> model_metrics(representations)  # doctest: +SKIP
"""

from qscore_core.model_metrics.catalogue import METRICS, VIEW_METRICS, Seen, model_metrics, view_metrics
from qscore_core.model_metrics.metric import ModelMetric
from qscore_core.model_metrics.row_sums import RowSums, row_sums
from qscore_core.model_metrics.spectrum import rankme
from qscore_core.model_metrics.spread import negative_share, spread, zero_share

__all__ = [
    "METRICS",
    "VIEW_METRICS",
    "ModelMetric",
    "RowSums",
    "Seen",
    "model_metrics",
    "negative_share",
    "rankme",
    "row_sums",
    "spread",
    "view_metrics",
    "zero_share",
]
