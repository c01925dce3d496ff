"""Checkpoints of SimCLR and BYOL outside TensorFlow and JAX: conversions of the authors' weights, and re-trainings."""

from qscore_core.encoders.layouts.codebase import Codebase, Presets, Sign, always

UNNORMALIZED = Presets(usual="simclr", small="cifar-plain")
STL10 = Presets(usual="stl10-96", small="cifar-plain")

PORTS = (
    Codebase(
        "SimCLR v1 converted by tonylins",
        ("state_dict/",),
        # the converter's blocks register `downsample` before their convolutions, so it is saved before them
        sign=Sign((r"^state_dict/layer1\.0\.downsample\.0\.weight\n(?:.*\n)*?state_dict/layer1\.0\.conv1\.weight$",)),
        methods=always("simclr"),
        presets=Presets("tonylins"),
        note="`preset=simclr-tf` pads and crops as SimCLR's own TensorFlow code did.",
    ),
    Codebase(
        "SimCLR v2 converted by Separius",
        ("resnet/",),
        sign=Sign((r"^resnet/net\.0\.0\.weight$",)),
        methods=always("simclr"),
        presets=Presets("separius"),
        note="`preset=simclr-tf` pads and crops as SimCLR's own TensorFlow code did.",
    ),
    Codebase(
        "SimCLR by AndrewAtanov",
        ("state_dict/convnet.",),
        sign=Sign((r"^state_dict/projection\.",)),
        methods=always("simclr"),
        presets=UNNORMALIZED,
    ),
    Codebase(
        "SimCLR by Spijkervet",
        ("encoder.",),
        sign=Sign((r"^projector\.",), (r"^momentum_encoder\.",)),
        methods=always("simclr"),
        presets=STL10,
    ),
    Codebase(
        "SimCLR by sthalles",
        ("state_dict/backbone.",),
        sign=Sign((r"^state_dict/backbone\.fc\.2\.",)),
        methods=always("simclr"),
        presets=STL10,
        note="Files trained on CIFAR-10 take 32 pixels: `preset=cifar-plain`.",
    ),
    Codebase(
        "SimCLR by sthalles, before 2021",
        ("features.", "state_dict/features."),
        sign=Sign((r"(^|/)l1\.", r"(^|/)l2\.")),
        methods=always("simclr"),
        presets=STL10,
        note="Files trained on CIFAR-10 take 32 pixels: `preset=cifar-plain`.",
    ),
    Codebase(
        "BYOL by yaox12",
        ("model/online_network.encoder.",),
        ("model/target_network.encoder.",),
        methods=always("byol"),
    ),
    Codebase(
        "BYOL by yaox12, first version",
        ("online_backbone/",),
        ("target_backbone/",),
        Sign((r"^online_projection(/|$)",)),
        always("byol"),
    ),
)
