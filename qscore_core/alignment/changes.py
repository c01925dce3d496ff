"""One encoder after another on the same pictures: whose outcome changed, and where each looked (figure 4, figure 6)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from qscore_core.alignment.catalogue import METRIC_KEYS, metric_named
from qscore_core.alignment.means import mean_intervals, means
from qscore_core.alignment.settings import KINDS
from qscore_core.alignment.values import Alignment
from qscore_core.errors import DatasetError
from qscore_core.evaluation import EvaluationSettings
from qscore_core.pipeline import Outcomes

STANDARD = EvaluationSettings()
CHANGES = {
    (False, True): "wrong, then right",
    (True, False): "right, then wrong",
    (False, False): "wrong twice",
    (True, True): "right twice",
}
SIDES = ("before", "after")


@dataclass(frozen=True, eq=False)
class Judged:
    """An alignment beside the Q-Scores and the linear probe's answers; `classes` names what the probe predicts."""

    alignment: Alignment
    q: Float[np.ndarray, " place"]
    outcomes: Outcomes
    classes: tuple[str, ...]

    @property
    def correct(self) -> Bool[np.ndarray, " place"]:
        return self.outcomes.correct


def judged_table(judged: Judged, metric: str) -> pd.DataFrame:
    """One row an aligned picture: `id, path, class_name, predicted, confidence, correct, q_score, core, spurious`.

    `core` and `spurious` are the metric's values, NaN without heat or without such a mask. Raises SettingsError.
    """
    metric_named(metric)
    alignment, outcomes = judged.alignment, judged.outcomes
    places = alignment.pictures["place"].to_numpy()
    values = alignment.measured.values[:, :, METRIC_KEYS.index(metric)]
    names = np.array([*alignment.classes, ""], object)  # a label of -1 has no name
    return pd.DataFrame(
        {
            "id": alignment.pictures["id"].astype(str),
            "path": alignment.pictures["path"],
            "class_name": names[alignment.pictures["label"].to_numpy()],
            "predicted": np.array(judged.classes, object)[outcomes.predicted[places]],
            "confidence": outcomes.confidence[places],
            "correct": outcomes.correct[places],
            "q_score": judged.q[places],
            **{kind: values[:, number] for number, kind in enumerate(KINDS)},
        }
    )


def changes(before: Judged, after: Judged, metric: str) -> pd.DataFrame:
    """One row a picture that both have: what `judged_table` says, as `..._before` and `..._after`, and the `change`.

    Raises DatasetError where the two have no picture in common.
    """
    first, second = judged_table(before, metric), judged_table(after, metric)
    own = [name for name in first if name not in ("id", "path", "class_name")]
    joined = first.merge(second[["id", *own]], on="id", suffixes=[f"_{side}" for side in SIDES])
    if joined.empty:
        raise DatasetError(
            f"`{before.alignment.encoder}` and `{after.alignment.encoder}` should be aligned on the same pictures. "
            "They have none in common."
        )
    pairs = zip(joined["correct_before"], joined["correct_after"], strict=True)
    return joined.assign(change=[CHANGES[bool(was), bool(is_)] for was, is_ in pairs])


def change_table(table: pd.DataFrame, how: EvaluationSettings = STANDARD) -> pd.DataFrame:
    """What `changes` come to, one row a change and kind of mask.

    `change, kind, pictures, before, after, difference, low, high`: means over the pictures where both encoders have
    heat, and the paired difference with its bootstrap interval over them; NaN where there is none.
    """
    groups = [(name, table[table["change"] == name]) for name in CHANGES.values()]
    rows = [
        (name, kind, *_paired(rows, kind, how)) for name, rows in [("all", table), *groups] for kind in KINDS
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["change", "kind", "pictures", "before", "after", "difference", "low", "high"])


def _paired(rows: pd.DataFrame, kind: str, how: EvaluationSettings) -> tuple[int, float, float, float, float, float]:
    values = rows[[f"{kind}_{side}" for side in SIDES]].to_numpy(np.float64)
    values = values[np.isfinite(values).all(axis=1)]
    columns = np.column_stack([values, values[:, 1] - values[:, 0]])
    before, after, difference = (float(mean) for mean in means(columns))
    low, high = (float(end) for end in mean_intervals(columns[:, 2:], how)[0])
    return len(values), before, after, difference, low, high
