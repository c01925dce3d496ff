"""A comparison with the model metrics that need several views of each image."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from qscore_core.comparison.values import Comparison
from qscore_core.representations import Representations

Metrics = Mapping[str, float]


def with_view_metrics(comparison: Comparison, of: Callable[[Representations], Metrics | None]) -> Comparison:
    """The same with more in each report's `metrics`; `of` gives those of an encoder's fit split, None for none."""
    members = []
    for member in comparison.members:
        metrics = {**member.report.metrics, **(of(member.analysis.fit) or {})}
        members.append(replace(member, report=replace(member.report, metrics=metrics)))
    return replace(comparison, members=tuple(members))
