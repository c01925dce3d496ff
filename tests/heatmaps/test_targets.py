"""Each target's score against its definition, written out."""

import numpy as np
import pytest
import torch

from qscore_core.errors import SettingsError
from qscore_core.heatmaps import AllFeatures, Feature, FeaturesOfEach, Norm, Similarity, class_scores
from qscore_core.probe import LogisticRecipe, ProbeSettings, fit_probe

H = torch.tensor([[3.0, 0.0, 4.0], [0.0, 0.0, 0.0], [1.0, 2.0, 2.0]])


def test_by_hand():
    assert Feature(2)(H).tolist() == [4, 0, 2]
    assert AllFeatures()(H).tolist() == [7, 0, 5]
    sets = torch.tensor([[True, False, True], [True, True, True], [False, False, False]])
    assert FeaturesOfEach(sets)(H).tolist() == [7, 0, 0]
    assert Norm()(H).tolist() == [5, 0, 3]
    # (3 * 1 + 4 * 2) / (5 * 3), nothing for no representation, one with itself.
    assert Similarity(torch.tensor([1.0, 2.0, 2.0]))(H).tolist() == pytest.approx([11 / 15, 0, 1])


@pytest.fixture(scope="module", params=[True, False])
def probe(request):
    rng = np.random.default_rng(0)
    h = rng.random((60, 8)).astype(np.float32) * np.logspace(-2, 2, 8, dtype=np.float32)
    labels = (h[:, 7] > h[:, 7].mean()).astype(np.int64) * 2  # class 1 of three has no image
    settings = ProbeSettings(normalize=request.param, fast=LogisticRecipe(strengths=(0.1,)))
    return h, fit_probe(h, labels, 3, settings)


def test_the_probe_s_class_is_the_probe_s_own_logit(probe):
    h, fitted = probe
    classes = [0, 2] * 30
    expected = fitted.logits(h)[np.arange(60), classes]
    np.testing.assert_allclose(class_scores(fitted, classes)(torch.from_numpy(h)), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("wrong", [1, 3, -1])
def test_a_class_that_the_probe_never_saw_is_refused(probe, wrong):
    with pytest.raises(
        SettingsError, match=rf"^Class {wrong} had no training image, so the probe has no score for it\.$"
    ):
        class_scores(probe[1], [0, wrong])


TARGETS = [
    Feature(1),
    AllFeatures(),
    FeaturesOfEach(torch.rand(2, 6, generator=torch.Generator().manual_seed(0)) < 0.5),
    Norm(),
    Similarity(torch.arange(6.0)),
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: type(target).__name__)
def test_scores_are_differentiable_and_of_single_images(target):
    h = torch.rand(2, 6, dtype=torch.float64, requires_grad=True)
    assert target(h).shape == (2,)
    assert torch.autograd.gradcheck(target, (h,))
    of_first = torch.autograd.grad(target(h)[0], h)[0]
    assert not of_first[1].any()


def test_what_does_not_fit_is_said(probe):
    with pytest.raises(SettingsError, match=r"^`feature` should lie between 0 and 2\. Found 3\.$"):
        Feature(3)(H)
    with pytest.raises(SettingsError, match=r"^The sets should be of 3 features\. Found sets of 4\.$"):
        FeaturesOfEach(torch.ones(3, 4, dtype=torch.bool))(H)
    with pytest.raises(SettingsError, match=r"^The reference should have 3 features\. Found 2\.$"):
        Similarity(torch.ones(2))(H)
    with pytest.raises(SettingsError, match=r"^The probe should be fitted on 3 features\. Found 8\. Fit one for this"):
        class_scores(probe[1], [0, 0, 0])(H)
