"""What holds for every method: no trace left, batches that fit, other encoders, and what is refused."""

import copy

import pytest
import torch
from map_inputs import DIM, hooks_on, patch_encoder, pictures, resnet_encoder

from qscore_core.errors import EncoderError, QScoreError, SettingsError
from qscore_core.heatmaps import (
    METHODS,
    AllFeatures,
    Feature,
    FeaturesOfEach,
    IntegratedGradientsSettings,
    Norm,
    OcclusionSettings,
    SmoothGradSettings,
    heat_maps,
    layers_of,
    methods_for,
    reason_against,
)
from qscore_core.heatmaps.batches import rows_that_fit
from qscore_core.heatmaps.scored import Scored, saved_bytes

QUICK = {
    "integrated_gradients": IntegratedGradientsSettings(steps=6),
    "smooth_grad": SmoothGradSettings(samples=4),
    "occlusion": OcclusionSettings(1 / 3, 1 / 3),
}


def maps(encoder, pixels, target, method):
    return heat_maps(encoder, pixels, target, method, settings=QUICK.get(method))


class BreaksOff(torch.nn.Module):
    """Fails at a batch of more than `most` pictures, out of memory or otherwise."""

    def __init__(self, network, most, error):
        super().__init__()
        self.network, self.most, self.error, self.seen = network, most, error, []

    def __getattr__(self, name):
        return super().__getattr__(name) if name == "network" else getattr(super().__getattr__("network"), name)

    def forward(self, pixels):
        return self._checked(self.network, pixels)

    def activation_maps(self, pixels):
        return self._checked(self.network.activation_maps, pixels)

    def _checked(self, work, pixels):
        self.seen.append(len(pixels))
        if len(pixels) > self.most:
            raise self.error
        return work(pixels)


def breaking(encoder, most, error):
    wrapped = copy.copy(encoder)
    object.__setattr__(wrapped, "module", BreaksOff(encoder.module, most, error))
    return wrapped


@pytest.mark.parametrize("method", METHODS)
def test_nothing_stays_on_the_network(method):
    encoder, pixels = resnet_encoder(), pictures()
    before, first = copy.deepcopy(encoder.module.state_dict()), pixels.clone()
    encoder.module.layer2.register_forward_hook(lambda *_: None)
    maps(encoder, pixels, Feature(5), method)
    assert hooks_on(encoder.module) == 1
    assert encoder.module.relu.inplace
    assert all(p.grad is None and not p.requires_grad for p in encoder.module.parameters())
    assert all(torch.equal(value, before[name]) for name, value in encoder.module.state_dict().items())
    assert torch.equal(pixels, first)
    assert not pixels.requires_grad


@pytest.mark.parametrize("method", METHODS)
def test_nothing_stays_after_an_exception_either(method):
    encoder = breaking(resnet_encoder(), 0, ZeroDivisionError("in the middle"))
    with pytest.raises(ZeroDivisionError, match="in the middle"):
        maps(encoder, pictures(1), Feature(5), method)
    assert hooks_on(encoder.module) == 0
    assert encoder.module.network.relu.inplace


@pytest.mark.parametrize("method", METHODS)
def test_out_of_memory_halves_until_it_fits(method):
    encoder, pixels = resnet_encoder(), pictures(7)
    target = FeaturesOfEach(torch.rand(7, DIM) < 0.3)
    expected = maps(encoder, pixels, target, method)
    tight = breaking(encoder, 3, torch.OutOfMemoryError("out"))
    torch.testing.assert_close(
        maps(tight, pixels, target, method), expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max())
    )


def test_the_cpu_s_own_way_of_running_out_of_memory_counts_too():
    encoder, pixels = resnet_encoder(), pictures(5)
    told = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.")
    expected = heat_maps(encoder, pixels, Norm(), "saliency")
    torch.testing.assert_close(heat_maps(breaking(encoder, 2, told), pixels, Norm(), "saliency"), expected)


def test_memory_for_not_even_one_picture_is_said():
    encoder = breaking(resnet_encoder(), 0, torch.OutOfMemoryError("out"))
    with pytest.raises(QScoreError, match=r"^Memory does not hold one picture .* or use `--device cpu` or a method"):
        heat_maps(encoder, pictures(1), Norm(), "saliency")


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    encoder = breaking(resnet_encoder(), 0, RuntimeError("something else"))
    with pytest.raises(RuntimeError, match="something else"):
        heat_maps(encoder, pictures(1), Norm(), "saliency")


def test_a_batch_takes_what_its_gradients_keep():
    encoder = resnet_encoder()
    scored = Scored(encoder.module, Norm())
    one, four = (saved_bytes(scored, pictures(count).requires_grad_(), ()) for count in (1, 4))
    first_map = 4 * 4 * 12 * 12  # float32 of four planes behind a stride of two
    assert one > 4 * first_map
    assert four == pytest.approx(4 * one, rel=0.05)
    cpu = torch.device("cpu")
    assert (rows_that_fit(1, cpu), rows_that_fit(1 << 28, cpu), rows_that_fit(1 << 40, cpu)) == (64, 4, 1)


def test_maps_come_also_where_gradients_are_off():
    encoder, pixels = resnet_encoder(), pictures()
    expected = heat_maps(encoder, pixels, Norm(), "saliency")
    with torch.inference_mode():
        assert torch.equal(heat_maps(encoder, pixels + 0, Norm(), "saliency"), expected)


def test_no_picture_gives_no_map():
    assert heat_maps(resnet_encoder(), pictures(0), Norm()).shape == (0, 24, 24)


EVERYWHERE = ("saliency", "input_x_gradient", "integrated_gradients", "smooth_grad", "occlusion")


def test_encoders_without_maps_get_the_methods_that_make_sense():
    encoder = patch_encoder()
    assert methods_for(encoder, Feature(3)) == EVERYWHERE
    assert layers_of(encoder) == ()
    for method in EVERYWHERE:
        heat = maps(encoder, pictures(), Feature(3), method)
        assert heat.shape == (2, 24, 24)
        assert heat.isfinite().all()
        assert heat.any()
    assert hooks_on(encoder.module) == 0


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("closed_form", "Closed form needs a last map whose mean is h, and encoder `{}` (vit_tiny) has none."),
        (
            "grad_cam",
            "Grad-CAM needs stages of maps (layer1 to layer4), and encoder `{}` (vit_tiny) has none of these.",
        ),
        (
            "guided_grad_cam",
            "Guided Grad-CAM needs stages of maps (layer1 to layer4), and encoder `{}` (vit_tiny) has none of these.",
        ),
    ],
)
def test_the_others_say_why_not(method, reason):
    encoder = patch_encoder()
    with pytest.raises(EncoderError) as caught:
        heat_maps(encoder, pictures(), Feature(3), method)
    expected = f"{reason.format(encoder.ref)} These methods run: {', '.join(EVERYWHERE)}."
    assert str(caught.value) == str(reason_against(method, encoder, Feature(3))) == expected


def test_everything_runs_on_a_resnet_and_the_closed_form_for_features_only():
    encoder = resnet_encoder()
    assert methods_for(encoder, AllFeatures()) == tuple(METHODS)
    assert methods_for(encoder, Norm()) == tuple(METHODS)[1:]
    assert reason_against("saliency", encoder, Norm()) is None
    with pytest.raises(
        SettingsError, match=r"^Closed form needs features as the target, and the target is another score"
    ):
        heat_maps(encoder, pictures(), Norm(), "closed_form")


def test_what_does_not_fit_together_is_said():
    encoder, pixels = resnet_encoder(), pictures()
    with pytest.raises(SettingsError, match=r"^`method` should be one of closed_form, .*, occlusion\. Found `lime`\.$"):
        heat_maps(encoder, pixels, Norm(), "lime")
    with pytest.raises(SettingsError, match=r"^`layer` should be one of layer1, .*, layer4\. Found `fc`\.$"):
        heat_maps(encoder, pixels, Norm(), "grad_cam", "fc")
    with pytest.raises(
        SettingsError, match=r"^Saliency has no layer to choose\. Leave `layer` out, or use grad_cam\.$"
    ):
        heat_maps(encoder, pixels, Norm(), "saliency", "layer1")
    with pytest.raises(
        SettingsError, match=r"^`settings` of `saliency` should be NoSettings\. Found SmoothGradSettings"
    ):
        heat_maps(encoder, pixels, Norm(), "saliency", settings=SmoothGradSettings())
    sets = FeaturesOfEach(torch.ones(3, DIM, dtype=torch.bool))
    with pytest.raises(
        SettingsError, match=r"^The target should know as many images as there are pictures, 2\. Found 3"
    ):
        heat_maps(encoder, pixels, sets)
    with pytest.raises(SettingsError, match=r"^`steps` should be at least 1\. Found 0\.$"):
        IntegratedGradientsSettings(0)
    with pytest.raises(SettingsError, match=r"^`noise` should exceed 0 and be at most 1\. Found 0; 0\.15 is usual\.$"):
        SmoothGradSettings(noise=0)
