"""The look at a few images says how fast, how sparse, and what to beware of."""

import numpy as np
import pytest
import torch
from encoder_trial_inputs import picture_folder, pixel_encoder

from qscore_core.datasets import open_dataset
from qscore_core.encoder_trial import try_encoder
from qscore_core.errors import DatasetError


class Fixed(torch.nn.Module):
    """Gives the rows of a table, one after the other, whatever the pictures are."""

    def __init__(self, rows):
        super().__init__()
        self.rows = torch.nn.Parameter(torch.tensor(rows, dtype=torch.float32), requires_grad=False)
        self.given = 0

    def forward(self, pixels):
        self.given += len(pixels)
        return self.rows[self.given - len(pixels) : self.given]


@pytest.fixture
def dataset(tmp_path, workspace):
    return open_dataset(f"folder:{picture_folder(tmp_path, 40)}", None, workspace=workspace)


def test_the_shares_by_hand(dataset):
    # 20 features, so z can reach sqrt(19) = 4.36. One 5 among zeros: z = (5 - .25) / 1.0897 = 4.36 > 4, once an image;
    # in the second half -1 and 19 zeros: the mean is -.05, the largest z .05 / .218 = .23, so L is empty.
    rows = np.zeros((4, 20))
    rows[:2, 3], rows[2:, 5] = 5, -1
    trial = try_encoder(pixel_encoder(Fixed(rows), 20), dataset, images=4)
    assert (trial.images, trial.dim, trial.skipped) == (4, 20, ())
    assert trial.zero_share == 76 / 80
    assert trial.negative_share == 2 / 80
    assert trial.mean_active == 0.5
    assert trial.empty_share == 0.5
    assert trial.images_per_second > 0
    assert trial.seconds_for_all == pytest.approx(40 / trial.images_per_second)
    assert trial.warnings == (
        "50% of these images have no highly active feature at epsilon 4. The automatic one is chosen to suit.",
        "2% of the entries are negative, as in a Vision Transformer or a network without a last ReLU. Q-Score was made "
        "for representations after one; the two-sided option reads |z|.",
    )


def test_images_are_spread_over_the_data_set(dataset):
    assert try_encoder(pixel_encoder(Fixed(np.ones((40, 30))), 30), dataset, images=8).images == 8
    assert try_encoder(pixel_encoder(Fixed(np.ones((40, 30))), 30), dataset, images=64).images == 40


def test_dense_and_equal_representations_are_named(dataset):
    warnings = try_encoder(pixel_encoder(Fixed(np.full((8, 30), 0.5)), 30), dataset, images=8).warnings
    assert "Only 0.0% of the entries are zero: these representations are dense" in warnings[1]
    assert warnings[2] == (
        "All images have the same representation: these weights or this normalisation cannot be right."
    )


def test_too_few_features_are_named(dataset):
    rows = np.random.default_rng(0).uniform(size=(8, 16))
    warnings = try_encoder(pixel_encoder(Fixed(rows), 16), dataset, images=8).warnings
    assert warnings[0] == (
        "With 16 features the largest possible z is 3.87, so none can be highly active at epsilon 4. "
        "Use a smaller epsilon, or an encoder with more features."
    )


def test_images_that_cannot_be_read_are_left_out_and_told(tmp_path, workspace):
    folder = picture_folder(tmp_path, 8)
    sorted(folder.rglob("*.png"))[0].write_bytes(b"no picture")
    dataset = open_dataset(f"folder:{folder}", None, workspace=workspace)
    trial = try_encoder(pixel_encoder(Fixed(np.ones((8, 30))), 30), dataset, images=8)
    assert trial.images == 7
    assert len(trial.skipped) == 1


def test_no_image_at_all_is_an_error(tmp_path, workspace):
    folder = picture_folder(tmp_path, 2)
    for path in folder.rglob("*.png"):
        path.write_bytes(b"no picture")
    dataset = open_dataset(f"folder:{folder}", None, workspace=workspace)
    with pytest.raises(DatasetError, match="None of the 2 images tried"):
        try_encoder(pixel_encoder(Fixed(np.ones((2, 30))), 30), dataset)
