"""The loops of the activation index, compiled: each is the formula written out once per image."""

import numpy as np
from numba import njit, prange

from qscore_core._parallel_loops import one_at_a_time

MOMENTS = ("mean", "std", "l2", "l1", "max_z", "zeros", "negative", "kurtosis")

# Reassociation only lets sums over a row use vector instructions; NaN and infinity keep their meaning.
_FAST = {"reassoc", "contract", "arcp"}
_BINS = 64
_PARTS = 8  # of the images, each worked through by one thread into memory of its own


@njit(cache=True, fastmath=_FAST)
def _sums(row):  # noqa: ANN001, ANN202
    total = 0.0
    squares = 0.0
    absolute = 0.0
    for j in range(row.shape[0]):
        value = np.float64(row[j])
        total += value
        squares += value * value
        absolute += abs(value)
    return total, squares, absolute


@njit(cache=True, fastmath=_FAST)
def _central_sums(row, mean):  # noqa: ANN001, ANN202
    second = 0.0
    fourth = 0.0
    for j in range(row.shape[0]):
        deviation = np.float64(row[j]) - mean
        square = deviation * deviation
        second += square
        fourth += square * square
    return second, fourth


@njit(cache=True)
def _signs(row):  # noqa: ANN001, ANN202
    zeros = np.int32(0)
    negative = np.int32(0)
    for j in range(row.shape[0]):
        zeros += np.int32(row[j] == 0)
        negative += np.int32(row[j] < 0)
    return zeros, negative


@njit(cache=True)
def _row_moments(row, out):  # noqa: ANN001, ANN202
    """mean, std (divided by r), L2 and L1 norm, shares of zeros and negatives, excess kurtosis; not the largest z.

    Three short loops instead of one long: each then uses vector instructions, and a row stays in the cache.
    """
    size = row.shape[0]
    total, squares, absolute = _sums(row)
    mean = total / size
    second, fourth = _central_sums(row, mean)
    zeros, negative = _signs(row)
    std = np.sqrt(second / size)
    # A row of one repeated value can come out with a std of rounding size: it is constant all the same.
    if std <= 1e-7 * abs(mean):
        std = 0.0
    out[0] = mean
    out[1] = std
    out[2] = np.sqrt(squares)
    out[3] = absolute
    out[5] = zeros / size
    out[6] = negative / size
    out[7] = fourth * size / (second * second) - 3.0 if std > 0 else 0.0


@njit(cache=True)
def _largest_z(row, mean, std, z, found, two_sided):  # noqa: ANN001, ANN202
    """The first entry where there is one; a loop for the maximum alone would cost as much as all other moments."""
    if std == 0.0:
        return 0.0
    if found > 0 and not two_sided:
        return np.float64(z[0])
    largest = row[0]
    for j in range(row.shape[0]):
        largest = max(largest, row[j])
    return (np.float64(largest) - mean) / std


@njit(cache=True)
def _into_bins(features, z, size, floor, sorted_features, sorted_z):  # noqa: ANN001, ANN202
    """Counting sort by z in steps of 1/16, the last bin open: leaves runs that insertion sorts in a few moves."""
    ends = np.zeros(_BINS + 1, np.int32)
    bins = np.empty(size, np.int32)
    for i in range(size):
        bins[i] = _BINS - 1 - min(int((z[i] - floor) * np.float32(16)), _BINS - 1)
        ends[bins[i] + 1] += 1
    for bin_ in range(_BINS):
        ends[bin_ + 1] += ends[bin_]
    for i in range(size):
        place = ends[bins[i]]
        ends[bins[i]] = place + 1
        sorted_features[place] = features[i]
        sorted_z[place] = z[i]


@njit(cache=True)
def _sort_descending(features, z, size):  # noqa: ANN001, ANN202
    """Insertion sort: stable, and on nearly sorted entries faster than a general sort."""
    for i in range(1, size):
        value = z[i]
        feature = features[i]
        j = i - 1
        while j >= 0 and z[j] < value:
            z[j + 1] = z[j]
            features[j + 1] = features[j]
            j -= 1
        z[j + 1] = value
        features[j + 1] = feature


@njit(cache=True)
def _candidates(row, low, high, two_sided, candidates):  # noqa: ANN001, ANN202
    """Features outside [low, high], in order, without a branch that could be guessed wrong; returns how many."""
    size = 0
    if two_sided:
        for j in range(row.shape[0]):
            candidates[size] = j
            size += (row[j] > high) | (row[j] < low)
    else:
        for j in range(row.shape[0]):
            candidates[size] = j
            size += row[j] > high
    return size


@njit(cache=True)
def _row_entries(row, mean, std, floor, two_sided, features, z):  # noqa: ANN001, ANN202
    """Writes the entries with z > floor, strongest first (ties by feature number); returns how many."""
    if std == 0.0:
        return 0
    # A cut a hair below the floor in float32 finds the candidates; z in float64 decides.
    cut = floor * std * (1 - 1e-6) - 1e-6 * abs(mean)
    candidates = np.empty(row.shape[0] + 1, np.uint32)
    size = _candidates(row, np.float32(mean - cut), np.float32(mean + cut), two_sided, candidates)
    unsorted_features, unsorted_z = np.empty(features.shape[0], np.uint32), np.empty(features.shape[0], np.float32)
    found = 0
    for j in candidates[:size]:
        value = (np.float64(row[j]) - mean) / std
        if two_sided:
            value = abs(value)
        if value > floor:
            unsorted_features[found] = j
            unsorted_z[found] = value
            found += 1
    _into_bins(unsorted_features, unsorted_z, found, np.float32(floor), features, z)
    _sort_descending(features, z, found)
    return found


@njit(cache=True, parallel=True)
def _index_parts(block, floor, two_sided, capacity, parts):  # noqa: ANN001, ANN202
    """Each part of the rows fills its own stretch from the front: memory that is never written costs nothing."""
    rows = block.shape[0]
    features = np.empty((parts, (rows // parts + 1) * capacity), np.uint32)
    z = np.empty(features.shape, np.float32)
    filled = np.zeros(parts, np.int64)
    lengths = np.zeros(rows, np.int64)
    moments = np.empty((rows, 8), np.float64)
    for part in prange(parts):
        first = 0
        for i in range(rows * part // parts, rows * (part + 1) // parts):
            _row_moments(block[i], moments[i])
            mean, std = moments[i, 0], moments[i, 1]
            run = slice(first, first + capacity)
            found = _row_entries(block[i], mean, std, floor, two_sided, features[part, run], z[part, run])
            moments[i, 4] = _largest_z(block[i], mean, std, z[part, run], found, two_sided)
            lengths[i] = found
            first += found
        filled[part] = first
    return lengths, features, z, filled, moments


def index_block(
    block: np.ndarray, floor: float, two_sided: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Lengths [image], packed features and z [entry], moments [image, 8] of a float32 block [image, feature]."""
    # Chebyshev: at most r / floor^2 entries lie further than `floor` standard deviations from the mean.
    capacity = min(block.shape[1], int(block.shape[1] / floor**2) + 1)
    with one_at_a_time():
        lengths, features, z, filled, moments = _index_parts(block, floor, two_sided, capacity, _PARTS)
    join = lambda stretches: np.concatenate([s[:end] for s, end in zip(stretches, filled, strict=True)])  # noqa: E731
    return lengths, join(features), join(z), moments


@njit(cache=True, parallel=True)
def _sum_members(starts, features, z, members, epsilon):  # noqa: ANN001, ANN202
    images = starts.shape[0] - 1
    sums = np.zeros(images, np.float64)
    inside = np.zeros(images, np.int64)
    active = np.zeros(images, np.int64)
    for i in prange(images):
        entry = starts[i]
        while entry < starts[i + 1] and z[entry] > epsilon:
            if members[features[entry]]:
                sums[i] += z[entry]
                inside[i] += 1
            entry += 1
        active[i] = entry - starts[i]
    return sums, inside, active


def sum_members(
    starts: np.ndarray, features: np.ndarray, z: np.ndarray, members: np.ndarray, epsilon: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per image: sum of z over L_i n D (float64), |L_i n D| and |L_i| (int64)."""
    with one_at_a_time():
        return _sum_members(starts, features, z, members, epsilon)


@njit(cache=True, parallel=True)
def _count_parts(starts, features, z, dim, epsilon, parts):  # noqa: ANN001, ANN202
    images = starts.shape[0] - 1
    counts = np.zeros((parts, dim), np.int64)
    for part in prange(parts):
        for i in range(images * part // parts, images * (part + 1) // parts):
            entry = starts[i]
            while entry < starts[i + 1] and z[entry] > epsilon:
                counts[part, features[entry]] += 1
                entry += 1
    return counts


def count_active(starts: np.ndarray, features: np.ndarray, z: np.ndarray, dim: int, epsilon: float) -> np.ndarray:
    """Number of images with z_ij > epsilon, int64 [feature]."""
    with one_at_a_time():
        return _count_parts(starts, features, z, dim, epsilon, _PARTS).sum(axis=0)


@njit(cache=True)
def _count_steps(features, z, dim, steps):  # noqa: ANN001, ANN202
    counts = np.zeros((steps.shape[0], dim), np.int32)
    width = steps[1] - steps[0]
    for entry in range(features.shape[0]):
        # Number of steps below z: guess from the even spacing, then settle the rounding.
        above = min(max(int((z[entry] - steps[0]) / width) + 1, 0), steps.shape[0])
        while above > 0 and not z[entry] > steps[above - 1]:
            above -= 1
        while above < steps.shape[0] and z[entry] > steps[above]:
            above += 1
        if above > 0:
            counts[above - 1, features[entry]] += 1
    for step in range(steps.shape[0] - 2, -1, -1):
        counts[step] += counts[step + 1]
    return counts


def count_steps(features: np.ndarray, z: np.ndarray, dim: int, steps: np.ndarray) -> np.ndarray:
    """Number of images with z_ij above each step, int32 [step, feature]."""
    return _count_steps(features, z, dim, steps)
