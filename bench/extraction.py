"""Extraction against the bare forward pass on tensors that are already in memory, on the same device."""

import itertools
import tempfile
import time
from pathlib import Path

import torch

from bench.measure import Row, finished, processor_seconds
from bench.pictures import drawn, in_folder, in_memory
from qscore_core.datasets import Dataset
from qscore_core.devices import pick_device
from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.extraction import ExtractSettings, extract
from qscore_core.training.networks import NETWORKS
from qscore_core.workspace import Workspace

BUDGET = 0.90
ROUNDS = 3
SETTINGS = ExtractSettings()


def rows() -> list[Row]:
    small, large, device = drawn(1024, 64, 64), drawn(48, 375, 500), pick_device()
    times = 8 if device.type == "cuda" else 1  # so that starting the decoding processes is not most of it
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        own, photographs = encoder("habitats-r512", device), encoder("resnet18", device)
        return [
            compared("built-in encoder, 64 px in memory", own, in_memory(small, 2048 * times), root),
            compared("built-in encoder, 64 px JPEG files", own, in_folder(small, 2048 * times, root / "small"), root),
            compared(
                "ResNet-18, 500 x 375 JPEG files", photographs, in_folder(large, 256 * times, root / "large"), root
            ),
        ]


def encoder(name: str, device: torch.device) -> Encoder:
    network = NETWORKS[name]
    weights = Weights(
        build_resnet(network.shape, 0).state_dict(), network.shape, network.transform, "untrained", "bench"
    )
    return assemble(f"bench:{name}", weights, device)


def compared(what: str, used: Encoder, dataset: Dataset, root: Path) -> Row:
    """Both in turn, several times; the fastest of each counts."""
    forward, extraction, forward_cpu, extraction_cpu = [], [], [], []
    for turn in range(ROUNDS):
        workspace = Workspace.at(root / f"{what} {turn}")
        with processor_seconds() as spent:
            forward.append(forward_seconds(used, len(dataset)))
        forward_cpu += spent
        with processor_seconds() as spent:
            began = time.perf_counter()
            extract(used, dataset, SETTINGS, workspace=workspace)
            extraction.append(time.perf_counter() - began)
        extraction_cpu += spent
    ratio = min(forward) / min(extraction)
    share = min(forward_cpu) / min(extraction_cpu)
    rate = len(dataset) / min(extraction)
    how = f"{rate:,.0f} images/s, {SETTINGS.worker_count} decoding process; by processor time {share:.2f}"
    return Row(f"extraction / bare forward pass: {what}", f"{ratio:.2f}", f">= {BUDGET:.2f}", ratio >= BUDGET, how)


def forward_seconds(used: Encoder, images: int) -> float:
    size = used.transform.crop
    device = next(used.module.parameters()).device
    batches = torch.rand(4, SETTINGS.batch_size, 3, size, size, device=device)
    batches = [batch.to(memory_format=torch.channels_last) for batch in batches]
    with torch.inference_mode():
        used(batches[0])
        finished()
        began = time.perf_counter()
        for batch in itertools.islice(itertools.cycle(batches), images // SETTINGS.batch_size):
            h = used(batch)
        h.cpu()
        return time.perf_counter() - began
