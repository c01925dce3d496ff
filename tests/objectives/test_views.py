"""Whole views: repeatable, of the right size, with every part of the recipe at work."""

import torch
from torchvision.transforms import functional as torchvision_functional

from qscore_core.objectives import ViewRecipe, make_view, view_draws
from qscore_core.objectives.blur import gaussian_blur

PLAIN = ViewRecipe(
    12, scale=(1.0, 1.0), ratio=(1.0, 1.0), mirror_probability=0, jitter_probability=0, grey_probability=0
)


def frames(count=16, side=12):
    return torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def test_a_recipe_without_randomness_gives_the_picture_back():
    view = make_view(frames(), PLAIN, view_draws(0, 0, 16))
    torch.testing.assert_close(view, frames().permute(0, 3, 1, 2) / 255, rtol=0, atol=1e-5)


def test_the_same_seed_and_step_give_the_same_view_and_others_do_not():
    recipe = ViewRecipe(8, blur_probability=0.5, solarize_probability=0.3)
    first = make_view(frames(), recipe, view_draws(4, 7, 16))
    assert torch.equal(first, make_view(frames(), recipe, view_draws(4, 7, 16)))
    assert not torch.equal(first, make_view(frames(), recipe, view_draws(4, 8, 16)))
    assert not torch.equal(first, make_view(frames(), recipe, view_draws(5, 7, 16)))


def test_two_views_from_the_same_draws_differ():
    draws = view_draws(0, 0, 16)
    assert not torch.equal(*(make_view(frames(), ViewRecipe(8), draws) for _ in range(2)))


def test_a_view_has_the_recipes_size_and_stays_between_0_and_1():
    view = make_view(frames(), ViewRecipe(20, blur_probability=1, solarize_probability=0.5), view_draws(0, 0, 16))
    assert view.shape == (16, 3, 20, 20)
    assert view.min() >= 0
    assert view.max() <= 1


def test_grey_everywhere_leaves_no_colour():
    recipe = ViewRecipe(8, grey_probability=1.0)
    red, green, blue = make_view(frames(), recipe, view_draws(0, 0, 16)).unbind(1)
    assert torch.equal(red, green)
    assert torch.equal(red, blue)


def test_jitter_changes_about_the_asked_share_of_the_pictures():
    recipe = ViewRecipe(**{**PLAIN.__dict__, "jitter_probability": 0.8})
    many = frames(500)
    view = make_view(many, recipe, view_draws(0, 0, 500))
    changed = (view - many.permute(0, 3, 1, 2) / 255).abs().amax((1, 2, 3)) > 1e-3
    assert 0.7 < changed.float().mean() < 0.9  # 0.8 -/+ 5 standard errors of 0.018


def test_blur_equals_torchvision_image_by_image():
    pixels = torch.rand(3, 3, 11, 9, generator=torch.Generator().manual_seed(0))
    sigma = torch.tensor([0.1, 0.9, 2.0])
    expected = [
        torchvision_functional.gaussian_blur(p, [5, 5], [float(s)] * 2) for p, s in zip(pixels, sigma, strict=True)
    ]
    torch.testing.assert_close(gaussian_blur(pixels, sigma, 5), torch.stack(expected), rtol=0, atol=1e-6)


def test_views_of_a_part_of_the_batch_are_its_rows_of_the_whole_batchs_views():
    recipe = ViewRecipe(8, blur_probability=0.5, solarize_probability=0.3)
    whole = make_view(frames(), recipe, view_draws(2, 3, 16))
    for rows in (slice(0, 8), slice(8, 16), slice(5, 6)):
        part = make_view(frames()[rows], recipe, view_draws(2, 3, 16, rows))
        torch.testing.assert_close(part, whole[rows], rtol=0, atol=1e-6)
