"""What a judgement says, in sentences and small tables: the words of the page and of the report."""

from typing import Any

import pandas as pd

from qscore_core.judging import REFERENCE

LABELLED = "(uses labels)"


def verdict(table: pd.DataFrame) -> str:
    """How Q's rivals do beside it; better and worse only where the interval of the difference leaves out 0."""
    free = table[~table["signal"].str.endswith(LABELLED)]
    better, worse = (int((free["beside_q"] == word).sum()) for word in ("better", "worse"))
    rivals, best = len(free) - 1, free.iloc[0]
    words = f"Of {rivals} label-free rivals {better} predict mistakes better than Q-Score here, {worse} worse, "
    words += f"and {rivals - better - worse} cannot be told apart from it. "
    if best["key"] == REFERENCE:
        return words + "None has a higher AUROC than Q."
    return words + f"The highest is {best['signal']}: AUROC {best['auroc']:.3f} ({best['less_q']:+.3f} beside Q)."


def ceiling(found: dict[str, Any] | None) -> str:
    """What "better" means, and what all signals together reach when they are told the outcomes."""
    words = (
        "Better and worse are said only where the paired bootstrap interval of the difference leaves out 0. With some "
        "thirty signals, one or two differences in the table are chance."
    )
    if found is None:
        return words
    low, high = found["auroc_ci"]
    return (
        f"{words} All label-free signals combined by a logistic regression that is told the outcomes of four fifths of "
        f"the images reach AUROC {found['auroc']:.3f} ({low:.3f} to {high:.3f}) on the rest."
    )


def risk_curves(table: pd.DataFrame, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Curves of Q, of its best label-free rival and, where it is known, of the probe's confidence, by title."""
    names = dict(zip(table["key"], table["signal"], strict=True))
    best = next(key for key in table["key"] if key != REFERENCE and not names[key].endswith(LABELLED))
    curves = document["risk_coverage"]
    shown = [REFERENCE, best, *(key for key in ["probe_confidence"] if key in curves)]
    return {names[key]: curves[key] for key in shown}


def risk_in_words(document: dict[str, Any]) -> str:
    """The area under Q's risk-coverage curve beside chance and the best there is."""
    q = document["risk_coverage"][REFERENCE]
    low, high = q["aurc_ci"]
    return (
        "If only the images with the highest scores are answered, how many answers are wrong? The area under Q's "
        f"curve is {q['aurc']:.3f} ({low:.3f} to {high:.3f}); {q['chance']:.3f} would be chance, "
        f"{q['best']:.3f} perfect. Lower is better. arXiv 1805.08206."
    )


def class_rows(document: dict[str, Any]) -> pd.DataFrame:
    """Accuracy and Q within each class, least accurate first."""
    rows = [
        {
            "class": entry["name"],
            "images": entry["images"],
            "accuracy": entry["accuracy"],
            "mean Q": entry["mean_score"],
            "AUROC of Q": entry["auroc"],
            "95 % interval": "" if entry["auroc_ci"] is None else "{:.3f} to {:.3f}".format(*entry["auroc_ci"]),
        }
        for entry in document["classes"]
    ]
    return pd.DataFrame(rows)
