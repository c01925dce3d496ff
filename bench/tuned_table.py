"""The table of docs/results.md on how the arm `tuned` was chosen."""

from collections.abc import Sequence

from bench.markdown import percent, table
from bench.records import Candidate
from qscore_core.regulariser import Weights


def tuned_table(candidates: Sequence[Candidate]) -> str:
    """Validation accuracy of each candidate by method, and its mean difference from control in percentage points."""
    methods = list(candidates[0].validation_top1)
    head = ["weights", *(f"{method}, validation top-1" for method in methods), "against control"]
    rows = [
        [
            in_words(candidate.weights),
            *(percent(candidate.validation_top1[method]) for method in methods),
            f"{100 * candidate.against_control:+.2f}",
        ]
        for candidate in candidates
    ]
    return table(head, rows)


def best(candidates: Sequence[Candidate]) -> Weights:
    """The weights of the candidate furthest above control; control itself is none."""
    tried = [candidate for candidate in candidates if any(candidate.weights.of_terms().values())]
    return max(tried, key=lambda candidate: candidate.against_control).weights


def in_words(weights: Weights) -> str:
    given = [f"{name} {value:g}" for name, value in weights.of_terms().items() if value]
    return ", ".join(given) or "none (control)"
