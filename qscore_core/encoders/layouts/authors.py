"""Checkpoints that the methods' authors published."""

from qscore_core.encoders.layouts.codebase import MOMENTUM, Codebase, Presets, Sign, always

AUTHORS = (
    Codebase(
        "MoCo v1",
        ("state_dict/encoder_q.",),
        ("state_dict/encoder_k.",),
        Sign((r"^state_dict/encoder_q\.fc\.weight", r"^state_dict/queue$")),
        always("moco"),
    ),
    Codebase(
        "MoCo v2",
        ("state_dict/encoder_q.",),
        ("state_dict/encoder_k.",),
        Sign((r"^state_dict/encoder_q\.fc\.0\.", r"^state_dict/queue$")),
        always("moco"),
    ),
    Codebase(
        "MoCo v3",
        ("state_dict/base_encoder.",),
        ("state_dict/momentum_encoder.",),
        Sign((r"^state_dict/predictor\.",)),
        always("moco"),
        presets=Presets(vit="moco-v3-vit"),
    ),
    Codebase(
        "SwAV",
        ("state_dict/", ""),
        sign=Sign((r"(^|/)projection_head\.", r"(^|/)prototypes\.")),
        methods=always("swav"),
        heads=("projection_head.", "prototypes."),
        presets=Presets("swav"),
    ),
    Codebase(
        "DINO, full checkpoint",
        ("student/backbone.",),
        ("teacher/backbone.",),
        Sign((r"^student/", r"^teacher/", r"^dino_loss$")),
        always("dino"),
        default=MOMENTUM,
        presets=Presets("dino", vit="dino"),
    ),
    Codebase(
        "DINOv2",
        ("",),
        sign=Sign((r"^mask_token$", r"^blocks\.0\.ls1\.gamma$")),
        methods=always("dinov2"),
        presets=Presets(vit="dinov2"),
    ),
    Codebase(
        "SimSiam",
        ("state_dict/encoder.",),
        sign=Sign((r"^state_dict/encoder\.fc\.6\.", r"^state_dict/predictor\."), (r"/momentum_",)),
        methods=always("simsiam"),
    ),
    Codebase(
        "Barlow Twins, full checkpoint",
        ("model/backbone.",),
        sign=Sign((r"^model/projector\.", r"^model/bn\.running_mean$")),
        methods=always("barlow"),
    ),
    Codebase(
        "VICReg, full checkpoint",
        ("model/backbone.",),
        sign=Sign((r"^model/projector\.",)),
        methods=always("vicreg"),
    ),
)
