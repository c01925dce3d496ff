"""Crops of a batch against torchvision's crop of each image."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms import functional as torchvision_functional

from qscore_core.objectives import view_draws
from qscore_core.objectives.crops import draw_boxes, resized_crop


def test_boxes_on_whole_pixels_equal_torchvision_image_by_image():
    pixels = torch.rand(4, 3, 20, 30, generator=torch.Generator().manual_seed(0))
    boxes = torch.tensor([[0.0, 0, 30, 20], [5, 3, 10, 12], [29, 19, 1, 1], [12, 0, 18, 7]])  # left, top, width, height
    mirrored = torch.tensor([False, True, False, True])
    expected = []
    for image, (left, top, width, height), flip in zip(pixels, boxes.int().tolist(), mirrored, strict=True):
        crop = torchvision_functional.resized_crop(image, top, left, height, width, [8, 8], antialias=False)
        expected.append(torchvision_functional.hflip(crop) if flip else crop)
    torch.testing.assert_close(resized_crop(pixels, boxes, mirrored, 8), torch.stack(expected), rtol=0, atol=1e-5)


def test_a_crop_by_hand():
    # one row of pixels 0 1 2 3, box from 1 of width 2: source centres 1 and 2 for two samples, so values 1 and 2;
    # mirrored 2 and 1
    pixels = torch.arange(4.0).expand(2, 1, 4, 4)
    boxes = torch.tensor([[1.0, 0.0, 2.0, 4.0]]).expand(2, -1)
    crop = resized_crop(pixels, boxes, torch.tensor([False, True]), 2)
    torch.testing.assert_close(crop[:, 0, 0], torch.tensor([[1.0, 2.0], [2.0, 1.0]]))


@settings(max_examples=50)
@given(height=st.integers(8, 90), width=st.integers(8, 90), low=st.floats(0.05, 1), seed=st.integers(0, 1000))
def test_boxes_lie_inside_the_frame_and_have_the_asked_area(height, width, low, seed):
    boxes = draw_boxes(view_draws(seed, 0, 64), height, width, (low, 1.0), (3 / 4, 4 / 3))
    left, top, box_width, box_height = boxes.unbind(1)
    assert (left >= 0).all()
    assert (top >= 0).all()
    assert (left + box_width <= width + 1e-3).all()
    assert (top + box_height <= height + 1e-3).all()
    whole = (box_width < width) & (box_height < height)  # boxes that did not have to be cut
    share = (box_width * box_height / (height * width))[whole]
    assert (share >= low - 1e-4).all()
    assert (share <= 1 + 1e-4).all()
