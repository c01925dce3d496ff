"""What a slider waits for: D, Q of every image and the fit check at new settings, from the index alone."""

import tempfile
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np

from bench.measure import Row, shortest
from qscore_core import _index_kernels as kernels
from qscore_core.activation import FeatureSettings
from qscore_core.activation_index import STEPS, ActivationIndex
from qscore_core.fit_check import check_fit
from qscore_core.index_file import FEATURES, FORMAT, Z, load_index
from qscore_core.qscore import ScoreSettings, find_features, q_scores
from qscore_core.workspace import write_json

DIM, ENTRIES = 2048, 102  # 5 % of the features of an image lie above z = 2
PIECE = 10_000
SIZES = ((50_000, 0.1), (1_281_167, 1.0))
REPEATS = 7


def rows() -> list[Row]:
    found = []
    for images, most in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            index = made_up_index(images, Path(folder))
            moves = {
                "epsilon": [FeatureSettings(epsilon) for epsilon in (2.0, 3.0, 4.0)],
                "epsilon between two steps": [FeatureSettings(epsilon) for epsilon in (2.05, 3.05, 4.05)],
                "percentiles": [FeatureSettings(3.0, *band) for band in ((50, 95), (0, 100), (25, 75))],
            }
            for what, settings in moves.items():
                slowest = max(shortest(partial(answer, index, chosen), REPEATS) for chosen in settings)
                text = f"answer to new {what}, {images:,} x {DIM:,}"
                budget = f"<= {1000 * most:,.0f} ms"
                how = "slowest of three settings, index memory-mapped and in the page cache"
                found.append(Row(text, f"{1000 * slowest:,.0f} ms", budget, slowest <= most, how))
    return found


def answer(index: ActivationIndex, settings: FeatureSettings) -> None:
    features = find_features(index, settings)
    check_fit(index, index, features, q_scores(index, features, ScoreSettings(settings)))


def made_up_index(images: int, folder: Path) -> ActivationIndex:
    """Written piece by piece in the project's own format; some features are frequent, most are rare."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(1, DIM + 1) ** 0.7
    pieces = [_piece(rng, share / share.sum()) for _ in range(3)]
    counts, left = np.zeros((len(STEPS), DIM), np.int32), images
    with (folder / FEATURES).open("wb") as features, (folder / Z).open("wb") as z:
        for piece_features, piece_z in cycle(pieces):
            count = min(left, PIECE)
            chosen, values = piece_features[:count].ravel(), piece_z[:count].ravel()
            features.write(chosen.tobytes())
            z.write(values.tobytes())
            counts += kernels.count_steps(chosen, values, DIM, STEPS)
            left -= count
            if left == 0:
                break
    np.save(folder / "starts.npy", ENTRIES * np.arange(images + 1))
    np.save(folder / "moments.npy", rng.random((images, len(kernels.MOMENTS))))
    np.save(folder / "counts.npy", counts)
    write_json(folder / "manifest.json", {"format": FORMAT, "floor": 2.0, "dim": DIM, "features": "uint16"})
    return load_index(folder)


def _piece(rng: np.random.Generator, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gumbel noise on the log shares, largest first: a draw of distinct features for each image."""
    features = np.empty((PIECE, ENTRIES), np.uint16)
    for row in features:
        row[:] = np.argpartition(np.log(share) + rng.gumbel(size=DIM), -ENTRIES)[-ENTRIES:]
    z = 2 + rng.exponential(0.9, (PIECE, ENTRIES))
    return features, -np.sort(-z, axis=1).astype(np.float32)
