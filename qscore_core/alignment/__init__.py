"""Where the discriminative features look, against masks of what should matter and of what should not.

>>> from qscore_core.alignment import align, feature_table, summarise
>>> alignment = align(encoder, dataset, analysis, workspace)  # doctest: +SKIP
>>> summarise(alignment)["core"].metrics["heat_iou"].mean  # doctest: +SKIP
>>> feature_table(alignment).head()  # those that rely on the background  # doctest: +SKIP
"""

from qscore_core.alignment.catalogue import METRIC_KEYS, METRICS, Metric, metric_named
from qscore_core.alignment.changes import CHANGES, Judged, change_table, changes, judged_table
from qscore_core.alignment.framing import framed_mask, framed_masks
from qscore_core.alignment.means import Overlap
from qscore_core.alignment.measuring import measure
from qscore_core.alignment.metrics import Thresholds
from qscore_core.alignment.ranking import feature_table
from qscore_core.alignment.settings import KINDS, AlignmentSettings
from qscore_core.alignment.shares import HeatSettings, HeatShares, MaskShare, heat_shares
from qscore_core.alignment.single import Agreement, agreement
from qscore_core.alignment.stored import align, stored_alignment
from qscore_core.alignment.summary import (
    CORRECT,
    MISCLASSIFIED,
    Gap,
    KindSummary,
    Summary,
    at_thresholds,
    by_class,
    by_outcome,
    outcome_gap,
    summarise,
    summary_table,
    sweep_table,
)
from qscore_core.alignment.tables import image_table, pair_table
from qscore_core.alignment.values import Alignment, Measured

__all__ = [
    "CHANGES",
    "CORRECT",
    "KINDS",
    "METRICS",
    "METRIC_KEYS",
    "MISCLASSIFIED",
    "Agreement",
    "Alignment",
    "AlignmentSettings",
    "Gap",
    "HeatSettings",
    "HeatShares",
    "Judged",
    "KindSummary",
    "MaskShare",
    "Measured",
    "Metric",
    "Overlap",
    "Summary",
    "Thresholds",
    "agreement",
    "align",
    "at_thresholds",
    "by_class",
    "by_outcome",
    "change_table",
    "changes",
    "feature_table",
    "framed_mask",
    "framed_masks",
    "heat_shares",
    "image_table",
    "judged_table",
    "measure",
    "metric_named",
    "outcome_gap",
    "pair_table",
    "stored_alignment",
    "summarise",
    "summary_table",
    "sweep_table",
]
