"""Records with made-up numbers, small enough to work the tables out by hand."""

from dataclasses import replace

import numpy as np

from bench.alignment_records import AlignmentRecord
from bench.records import EncoderRecord, RunRecord, Snapshot
from qscore_core.alignment import HeatShares, MaskShare
from qscore_core.encoder_report import PARTS, EncoderReport, ScoreReport, histogram_of
from qscore_core.encoder_report.values import accuracy_of
from qscore_core.evaluation import SignalEvaluation

STATE = Snapshot(2.2, 0.80, 0.9, 0.1, 0.30, 0.050, 0.10, 0.60, 0.85, 0.25, 0.0, 100.0, 0.25, 0.20)
WITHOUT_LABELS = replace(STATE, **dict.fromkeys(("top1", "fits", "fits_not", "swapped", "auroc"), None))


def run(arm="control", seed=0, method="simclr", recipe="quick", before=STATE, last_epoch=None, **after):
    settings = {"method": method, "arm": arm, "seed": seed}
    last = {"nt_xent": 2.5, "gradient_ssl": 0.2, "spread": 0.4, "mean_q": 0.05, "empty": 0.1} | (last_epoch or {})
    return RunRecord(method, arm, recipe, seed, f"{arm}-{seed}", settings, before, replace(before, **after), last)


def evaluation(auroc, low, high):
    share = {"accuracy": 0.8, "accuracy_ci": (0.7, 0.9), "level": 0.95, "resamples": 1000, "images": 10}
    correct = {"auprc_correct": 0.85, "auprc_correct_ci": (0.75, 0.95), "lift_correct": 0.05}
    error = {"auprc_error": 0.25, "auprc_error_ci": (0.15, 0.35), "lift_error": 0.05}
    lifts = {"lift_correct_ci": (-0.05, 0.15), "lift_error_ci": (-0.05, 0.15)}
    return SignalEvaluation("q_score", auroc=auroc, auroc_ci=(low, high), **share, **correct, **error, **lifts)


def score(asked, judged):
    epsilon = 2.2 if asked == "auto" else float(asked)
    return ScoreReport(
        asked, epsilon, 232, 14.94, 0.125, 0.0508, (0.0, 0.0, 0.0), histogram_of(np.ones(0)), True, (), judged
    )


def report(auroc=0.6, low=0.55, high=0.65, heat=True):
    right = np.arange(10) < 8
    accuracies = (
        accuracy_of("test", "all", right, 0.95),
        accuracy_of("test", PARTS[True], right[:8], 0.95),
        accuracy_of("test", PARTS[False], right[8:], 0.95),
        accuracy_of("swapped", "all", right[::2], 0.95),
    )
    names = {"encoder": "habitats:x", "method": "x", "arch": "resnet20-slim", "dataset": "habitats"}
    counts = {"dim": 512, "fit": "train", "split": "test", "fit_images": 40, "images": 10}
    scores = (score("4", None), score("auto", evaluation(auroc, low, high)))
    metrics = {"spread": 0.404, "zeros": 0.0413, "negatives": 0.0, "rankme": 114.38}
    shares = HeatShares(2.2, 5, 1, MaskShare(4, 0.25, 0.2, 0.05, (0.01, 0.09)), None) if heat else None
    return EncoderReport(**names, **counts, accuracies=accuracies, scores=scores, metrics=metrics, heat=shares)


def encoder(name="simclr", **about):
    training = None if name == "untrained" else {"settings": {"method": name, "seed": 0}, "steps": 5}
    return EncoderRecord(name, training, report(**about))


def alignment(name="simclr", gap=(0.02, 0.01, 0.03)):
    """Core overlap 0.3 for all, 0.32 where the probe is right, 0.3 where it is wrong; no spurious mask anywhere."""
    numbers = {"low": 0.25, "high": 0.35, "chance": 0.2, "shuffled": 0.22}
    nothing = dict.fromkeys(("mean", "low", "high", "chance", "shuffled"))
    rows, sweep = [], []
    for group, mean, images in (("all", 0.3, 10), ("correct", 0.32, 8), ("misclassified", 0.3, 2)):
        for metric in ("heat_iou", "auc"):
            rows.append({"group": group, "kind": "core", "metric": metric, "images": images, "mean": mean, **numbers})
            rows.append({"group": group, "kind": "spurious", "metric": metric, "images": 0, **nothing})
        for threshold in (0.0, 0.2):
            where = {"group": group, "kind": "core", "mask_threshold": 0.5, "heat_threshold": threshold}
            sweep.append({**where, "mean": mean - threshold, "low": 0.0, "high": 1.0, "images": images})
    gaps = {"core": {"difference": gap[0], "ci": list(gap[1:])}, "spurious": None}
    return AlignmentRecord(name, 10, 1, 2.2, 232, {"heat": 0.5, "mask": 0.5}, rows, sweep, gaps)
