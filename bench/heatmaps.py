"""All maps of an image's firing features in closed form, against Captum's Grad-CAM one feature at a time."""

import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from captum.attr import LayerGradCam

from bench.extraction import encoder
from bench.measure import Row, shortest
from bench.pictures import drawn, in_memory
from qscore_core.alignment import measure
from qscore_core.datasets import open_dataset
from qscore_core.devices import pick_device
from qscore_core.encoders import Encoder, load_encoder
from qscore_core.extraction import ExtractSettings, extract
from qscore_core.heatmaps import KeptMaps, feature_maps, kept_maps, upsampled
from qscore_core.pipeline import analyse, with_epsilon
from qscore_core.qscore import ScoreSettings
from qscore_core.workspace import Workspace

FIRING = 40  # features of an image; about the paper's mean for r = 2048
LEAST = 10.0
GALLERY, MOST = 24, 1.0
ALIGNED = 60.0
REPEATS = 3


def rows() -> list[Row]:
    device = pick_device()
    used = [("built-in encoder, 64 px", "habitats-r512"), ("ResNet-50, 224 px", "resnet50")]
    ratios = [compared(what, encoder(name, device)) for what, name in used]
    return [*ratios, gallery(encoder("resnet50", device)), aligned(device)]


def compared(what: str, used: Encoder) -> Row:
    side, device = used.transform.crop, next(used.module.parameters()).device
    pixels = torch.rand(1, 3, side, side, device=device)
    features = torch.randperm(used.dim, generator=torch.Generator().manual_seed(0))[:FIRING]
    ours, captum = at_once(used, pixels, features), one_at_a_time(used, pixels, features)
    torch.testing.assert_close(ours, captum, rtol=1e-5, atol=1e-5 * float(captum.abs().max()))
    fast = shortest(lambda: at_once(used, pixels, features), 3 * REPEATS)
    slow = shortest(lambda: one_at_a_time(used, pixels, features), REPEATS)
    how = f"{1000 * fast:,.0f} ms against {1000 * slow:,.0f} ms for {FIRING} features, equal to 1e-5"
    text = f"maps of an image's firing features, speed against Captum one at a time: {what}"
    return Row(text, f"{slow / fast:.0f} x", f">= {LEAST:.0f} x", slow / fast >= LEAST, how)


def at_once(used: Encoder, pixels: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    return upsampled(feature_maps(used, pixels)[0, features], pixels.shape[2:])


def one_at_a_time(used: Encoder, pixels: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Times the number of places, the constant that pooling brings in."""
    method, maps = LayerGradCam(used.module, used.module.layer4), []
    for feature in features.tolist():
        heat = method.attribute(pixels.clone().requires_grad_(), target=feature).detach()
        maps.append(upsampled(heat[:, 0], pixels.shape[2:])[0] * heat[0, 0].numel())
    return torch.stack(maps)


def aligned(device: torch.device) -> Row:
    """Every overlap of 1,000 pictures and of every discriminative feature in its strongest pictures."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(Path(folder))
        built_in = load_encoder("habitats:simclr", workspace=workspace, device=device)
        dataset = open_dataset("habitats", "test", workspace=workspace)
        found = extract(built_in, dataset, ExtractSettings(), workspace=workspace).representations
        settings = with_epsilon(ScoreSettings(), "auto", found, workspace)
        analysis = analyse(found, found, settings, workspace)
        began = time.perf_counter()
        result = measure(built_in, dataset, analysis, workers=ExtractSettings().worker_count)
        seconds = time.perf_counter() - began
    how = f"{result.images:,} Habitats pictures, {len(result.features)} discriminative features, seven measures"
    return Row("heat against masks", f"{seconds:.0f} s", f"<= {ALIGNED:.0f} s", seconds <= ALIGNED, how)


def gallery(used: Encoder) -> Row:
    """From maps that are kept: opened, combined and brought to the frame of the network's input."""
    dataset, rng = in_memory(drawn(GALLERY, 256, 256), GALLERY), np.random.default_rng(0)
    chosen = rng.random((GALLERY, used.dim)) < FIRING / used.dim
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(Path(folder))
        opened = lambda: kept_maps(used, dataset, range(GALLERY), workspace)  # noqa: E731
        opened()

        def show() -> None:
            kept: KeptMaps = opened()
            kept.combined(range(GALLERY), chosen)
            kept.of_features(0, np.flatnonzero(chosen[0])[:GALLERY])

        seconds = shortest(show, REPEATS)
    how = f"{GALLERY} combined maps and as many of single features, ResNet-50, 224 px"
    return Row("gallery from kept maps", f"{seconds:.2f} s", f"<= {MOST:.0f} s", seconds <= MOST, how)
