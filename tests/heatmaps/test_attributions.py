"""Every method equals Captum called directly on a network without in-place operations."""

import copy

import captum.attr
import pytest
import torch
from map_inputs import DIM, pictures, resnet_encoder
from torch import nn
from torch.nn.functional import interpolate

from qscore_core.heatmaps import (
    METHODS,
    AllFeatures,
    Feature,
    FeaturesOfEach,
    IntegratedGradientsSettings,
    Norm,
    OcclusionSettings,
    Similarity,
    SmoothGradSettings,
    heat_maps,
)

CHOSEN = torch.rand(2, DIM, generator=torch.Generator().manual_seed(3)) < 0.2
TARGETS = {
    "feature": Feature(5),
    "set": FeaturesOfEach(CHOSEN),
    "all": AllFeatures(),
    "norm": Norm(),
    "similar": Similarity(torch.eye(DIM)[5]),
}


def larger(heat):
    return interpolate(heat, (24, 24), mode="bilinear", align_corners=False)[:, 0]


class Scored(nn.Module):
    def __init__(self, encoder, target):
        super().__init__()
        self.network = copy.deepcopy(encoder.module)
        self.target = target
        for module in self.network.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = False

    def forward(self, pixels):
        # Captum looks at several variants of each image at once, image after image in turn
        h = self.network(pixels)
        if isinstance(self.target, FeaturesOfEach):
            return (h * CHOSEN.repeat(len(h) // 2, 1)).sum(1)
        return self.target(h)


@pytest.fixture(params=TARGETS)
def asked(request):
    encoder = resnet_encoder()
    return encoder, TARGETS[request.param], Scored(encoder, TARGETS[request.param])


def same(found, expected):
    assert found.shape == (2, 24, 24)
    assert found.abs().max() > 0
    expected = expected.detach()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))


@pytest.mark.parametrize("layer", ["layer1", "layer2", "layer3", "layer4"])
def test_grad_cam(asked, layer):
    encoder, target, scored = asked
    expected = captum.attr.LayerGradCam(scored, getattr(scored.network, layer)).attribute(pictures().requires_grad_())
    same(heat_maps(encoder, pictures(), target, "grad_cam", layer), larger(expected))


def test_grad_cam_looks_at_the_last_stage_unless_told_otherwise(asked):
    encoder, target, _ = asked
    last = heat_maps(encoder, pictures(), target, "grad_cam", "layer4")
    assert torch.equal(heat_maps(encoder, pictures(), target, "grad_cam"), last)


@pytest.mark.parametrize("name", ["feature", "set", "all"])
def test_the_closed_form_is_grad_cam_without_the_constant_of_pooling(name):
    encoder = resnet_encoder()
    expected = heat_maps(encoder, pictures(), TARGETS[name], "grad_cam")
    places = encoder.module.activation_maps(pictures()).shape[2:].numel()
    same(heat_maps(encoder, pictures(), TARGETS[name], "closed_form") / places, expected)


@pytest.mark.filterwarnings("ignore:Setting backward hooks")
def test_guided_grad_cam(asked):
    encoder, target, scored = asked
    method = captum.attr.GuidedGradCam(scored, scored.network.layer3)
    expected = method.attribute(pictures().requires_grad_(), interpolate_mode="bilinear").sum(1)
    same(heat_maps(encoder, pictures(), target, "guided_grad_cam", "layer3"), expected)


class GuidedReLU(nn.Module):
    """Guided backpropagation as published (arXiv 1412.6806): what speaks against the score is not handed on."""

    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(context, gradient):
            (x,) = context.saved_tensors
            return gradient.clamp(min=0) * (x > 0)

    def forward(self, x):
        return self.Rule.apply(x)


def test_guided_grad_cam_follows_the_published_rule_where_a_block_uses_its_relu_twice():
    encoder, pixels = resnet_encoder(), pictures().requires_grad_()
    guided = copy.deepcopy(encoder.module)
    for module in guided.modules():
        if hasattr(module, "relu"):
            module.relu = GuidedReLU()
    (gradient,) = torch.autograd.grad(guided(pixels)[:, 5].sum(), pixels)
    cam = heat_maps(encoder, pictures(), Feature(5), "grad_cam").clamp(min=0)
    same(heat_maps(encoder, pictures(), Feature(5), "guided_grad_cam"), (gradient * cam[:, None]).sum(1))


def test_saliency(asked):
    encoder, target, scored = asked
    expected = captum.attr.Saliency(scored).attribute(pictures().requires_grad_()).amax(1)
    same(heat_maps(encoder, pictures(), target, "saliency"), expected)


def test_input_x_gradient(asked):
    encoder, target, scored = asked
    expected = captum.attr.InputXGradient(scored).attribute(pictures().requires_grad_()).sum(1)
    same(heat_maps(encoder, pictures(), target, "input_x_gradient"), expected)


def test_integrated_gradients(asked):
    encoder, target, scored = asked
    expected = captum.attr.IntegratedGradients(scored).attribute(pictures(), n_steps=6).sum(1)
    settings = IntegratedGradientsSettings(steps=6)
    same(heat_maps(encoder, pictures(), target, "integrated_gradients", settings=settings), expected)


def test_integrated_gradients_add_up_to_the_change_of_the_score():
    encoder, target = resnet_encoder(), AllFeatures()
    heat = heat_maps(encoder, pictures(), target, "integrated_gradients", settings=IntegratedGradientsSettings(200))
    change = target(encoder(pictures())) - target(encoder(torch.zeros(2, 3, 24, 24)))
    torch.testing.assert_close(heat.sum(dim=(1, 2)), change, rtol=0.02, atol=0)


def test_smooth_grad_image_by_image_with_noise_of_its_own_range():
    encoder, pixels, settings = resnet_encoder(), pictures(), SmoothGradSettings(samples=4, noise=0.1, seed=7)
    tunnel = captum.attr.NoiseTunnel(captum.attr.Saliency(Scored(encoder, Feature(5))))
    expected = []
    for image in pixels:
        torch.manual_seed(7)
        spread = 0.1 * float(image.max() - image.min())
        expected.append(tunnel.attribute(image[None], nt_samples=4, stdevs=spread, abs=False).abs().amax(1))
    same(heat_maps(encoder, pixels, Feature(5), "smooth_grad", settings=settings), torch.cat(expected))


def test_smooth_grad_leaves_the_random_state_and_repeats_itself():
    encoder, settings = resnet_encoder(), SmoothGradSettings(samples=3)
    before = torch.random.get_rng_state()
    first = heat_maps(encoder, pictures(), FeaturesOfEach(CHOSEN), "smooth_grad", settings=settings)
    assert torch.equal(torch.random.get_rng_state(), before)
    alone = heat_maps(encoder, pictures()[1:], FeaturesOfEach(CHOSEN[1:]), "smooth_grad", settings=settings)
    torch.testing.assert_close(alone[0], first[1])


def test_occlusion(asked):
    encoder, target, scored = asked
    expected = captum.attr.Occlusion(scored).attribute(pictures(), (3, 6, 6), (3, 4, 4))[:, 1]
    settings = OcclusionSettings(window=1 / 4, stride=1 / 6)
    same(heat_maps(encoder, pictures(), target, "occlusion", settings=settings), expected)


def test_signs_are_as_the_registry_says():
    encoder = resnet_encoder()
    # Each feature's map is positive behind a ReLU; a reference that one feature keeps h away from gives both signs.
    target = Similarity(torch.eye(DIM)[5])
    for name, method in METHODS.items():
        if name != "closed_form":
            assert bool((heat_maps(encoder, pictures(), target, name) < 0).any()) == method.signed, name
