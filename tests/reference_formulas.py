"""The paper's definitions as plain loops in float64: slow, obvious, and shared by the tests."""

import numpy as np


def rows(h, normalize=True):
    h = np.asarray(h, dtype=np.float64)
    norms = np.sqrt((h**2).sum(axis=1))
    return np.array([row / norm if normalize and norm > 0 else row for row, norm in zip(h, norms, strict=True)])


def highly_active(row, epsilon):
    mean = sum(row) / len(row)
    sigma = np.sqrt(sum((value - mean) ** 2 for value in row) / len(row))
    return {j for j, value in enumerate(row) if value > mean + epsilon * sigma}


def rates(h, epsilon):
    counts = np.zeros(h.shape[1])
    for row in rows(h):
        for j in highly_active(row, epsilon):
            counts[j] += 1
    return 100 * counts / len(h)


def discriminative(a, lower, upper):
    ordered = sorted(a)

    def percentile(p):
        place = p / 100 * (len(ordered) - 1)
        below = int(np.floor(place))
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    low, high = percentile(lower), percentile(upper)
    return {j for j, rate in enumerate(a) if low - 1e-12 <= rate <= high + 1e-12 and rate > 0}


def q_scores(h, members, epsilon, normalize=True):
    scores = []
    for row in rows(h, normalize):
        mean = sum(row) / len(row)
        inside = highly_active(row, epsilon) & members
        scores.append(sum(row[j] - mean for j in inside) / len(inside) if inside else 0.0)
    return np.array(scores)
