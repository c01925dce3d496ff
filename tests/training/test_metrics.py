"""Metrics of a run, read back from the rows that training writes."""

import pytest

from qscore_core.training.files import RunFiles, append_row
from qscore_core.training.metrics import read_metrics

ROWS = (
    {"epoch": "0.5", "step": 2, "invariance": "1", "variance": "0.5", "q_score": "-2e-6", "gradient_ssl": "0.2"},
    {"epoch": "1", "step": 4, "invariance": "0.75", "variance": "0.25", "q_score": "-1e-6", "gradient_ssl": "0.1"},
)
ALWAYS = {"gradient_q_score": "1e-7", "spread": "0.9", "mean_q": "0.1", "empty": "0", "learning_rate": "1e-5"}


@pytest.fixture
def metrics(tmp_path):
    files = RunFiles(tmp_path)
    for row in ROWS:
        append_row(files.metrics, row | ALWAYS | {"seconds": "1.25"})
    return read_metrics(files)


def test_terms_are_told_apart(metrics):
    assert metrics.objective_terms == ["invariance", "variance"]
    assert metrics.regulariser_terms == ["q_score"]


def test_the_objectives_loss_is_the_sum_of_its_own_terms(metrics):
    assert list(metrics.objective_loss) == [1.5, 1.0]  # 1 + 0.5 and 0.75 + 0.25


def test_columns_by_name(metrics):
    assert list(metrics.epochs) == [0.5, 1.0]
    assert list(metrics.gradient("ssl")) == [0.2, 0.1]
    assert list(metrics.gradient("lasso")) == []
    assert metrics.seconds == 2.5


def test_a_run_without_rows_has_none(tmp_path):
    metrics = read_metrics(RunFiles(tmp_path))
    assert (len(metrics.table), metrics.seconds, metrics.objective_terms) == (0, 0.0, [])
