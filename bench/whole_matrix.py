"""A_j, D and Q of a whole matrix against loops over its images in NumPy."""

import numpy as np

from bench.measure import Row, shortest
from qscore_core.activation import FeatureSettings, discriminative_features
from qscore_core.activation_index import build_index
from qscore_core.qscore import ScoreSettings, find_features, q_scores

IMAGES, DIM = 8192, 2048
LEAST = 20.0
SETTINGS = ScoreSettings(FeatureSettings(3.0))


def rows() -> list[Row]:
    h = np.maximum(np.random.default_rng(0).standard_normal((IMAGES, DIM), dtype=np.float32) ** 3, 0)
    for loop in (as_defined, keeping_what_fired):
        np.testing.assert_allclose(with_index(h), loop(h), atol=1e-6)
    index = shortest(lambda: with_index(h), 9)
    what = f"A, D and Q of {IMAGES:,} x {DIM:,}, speed against a NumPy loop"
    plain, thrifty = shortest(lambda: as_defined(h), 3), shortest(lambda: keeping_what_fired(h), 3)
    ours = f"{1000 * index:,.0f} ms, compiled before, the matrix read once"
    return [
        Row(
            f"{what}: as defined, one pass for A and one for Q",
            f"{plain / index:.0f} x",
            f">= {LEAST:.0f} x",
            plain / index >= LEAST,
            f"{1000 * plain:,.0f} ms against {ours}",
        ),
        Row(f"{what}: one pass that keeps L_i", f"{thrifty / index:.0f} x", "", None, f"{1000 * thrifty:,.0f} ms"),
    ]


def with_index(h: np.ndarray) -> np.ndarray:
    index = build_index(h)
    return q_scores(index, find_features(index, SETTINGS.features), SETTINGS).q


def fired(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """L_i of one image, and by how much its features exceed the mean."""
    unit = row / np.linalg.norm(row)
    deviation = unit - unit.mean()
    active = np.flatnonzero(deviation > SETTINGS.features.epsilon * unit.std())
    return active, deviation[active]


def as_defined(h: np.ndarray) -> np.ndarray:
    counts = np.zeros(DIM)
    for row in h:
        counts[fired(row)[0]] += 1
    members = discriminative_features(100 * counts / len(h), SETTINGS.features)
    return np.array([mean_inside(*fired(row), members) for row in h])


def keeping_what_fired(h: np.ndarray) -> np.ndarray:
    found = [fired(row) for row in h]
    counts = np.bincount(np.concatenate([active for active, _ in found]), minlength=DIM)
    members = discriminative_features(100 * counts / len(h), SETTINGS.features)
    return np.array([mean_inside(active, deviation, members) for active, deviation in found])


def mean_inside(active: np.ndarray, deviation: np.ndarray, members: np.ndarray) -> float:
    inside = members[active]
    return float(deviation[inside].mean()) if inside.any() else 0.0
