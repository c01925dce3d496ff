"""Checkpoints of the libraries that train many methods: lightly, mmselfsup, solo-learn, VISSL."""

from qscore_core.encoders.layouts.codebase import MOMENTUM, SEVERAL_CODES, Codebase, Presets, Sign

LIGHTNING = r"^pytorch-lightning_version$"

# In both libraries the projector of three layers belongs to Barlow Twins and VICReg alike.
SOLO_METHODS = (
    ("dino", Sign((r"^state_dict/momentum_head\.",))),
    ("swav", Sign((r"^state_dict/prototypes\.weight",))),
    ("moco", Sign((r"^state_dict/momentum_projector\.4\.running_mean", r"^state_dict/predictor\."), (r"/queue$",))),
    ("moco", Sign((r"^state_dict/momentum_projector\.2\.", r"/queue$"), (r"^state_dict/predictor\.",))),
    ("byol", Sign((r"^state_dict/momentum_projector\.3\.", r"^state_dict/predictor\."), (r"/queue$",))),
    (
        "simsiam",
        Sign((r"^state_dict/projector\.7\.", r"^state_dict/predictor\."), (r"/momentum_projector", r"/queue$")),
    ),
    ("simclr", Sign((r"^state_dict/projector\.2\.weight",), (r"/momentum_projector", r"^state_dict/predictor\."))),
    (SEVERAL_CODES, Sign((r"^state_dict/projector\.6\.weight",), (r"/momentum_projector", r"^state_dict/predictor\."))),
)
LIGHTLY_METHODS = (
    ("swav", Sign((r"(^|/)prototypes\.",))),
    ("dino", Sign((r"(^|/)(\w+_)?(projection_)?head\.last_layer\.",))),
    ("byol", Sign((r"(^|/)prediction_head\.", r"(^|/)(teacher_backbone|student_backbone|backbone_momentum)\."))),
    ("simsiam", Sign((r"(^|/)prediction_head\.",))),
    ("moco", Sign((r"(^|/)(key_backbone|query_backbone|backbone_momentum)\.",))),
    (SEVERAL_CODES, Sign((r"(^|/)projection_head\.layers\.6\.weight",), (r"projection_head\.layers\.7\.",))),
    ("simclr", Sign((r"(^|/)projection_head\.layers\.3\.weight",))),
)
MM_METHODS = (
    ("byol", Sign((r"^state_dict/target_net\.",))),
    ("moco", Sign((r"^state_dict/momentum_encoder\.",))),
    ("moco", Sign((r"^state_dict/encoder_k\.", r"^state_dict/queue$"))),
    ("swav", Sign((r"^state_dict/head\..*prototypes",))),
    ("simsiam", Sign((r"^state_dict/head\.predictor\.",))),
    ("barlow", Sign((r"^state_dict/neck\.fc2\.",))),
    ("simclr", Sign((r"^state_dict/neck\.fc1\.",))),
)
VISSL_TRUNK = "classy_state_dict/base_model/model/trunk/"
VISSL_METHODS = (
    ("dino", Sign((r"^classy_state_dict/loss/momentum_teacher\.",))),
    ("moco", Sign((r"^classy_state_dict/loss/.*queue",))),
    ("swav", Sign((r"^classy_state_dict/base_model/model/heads/.*prototypes",))),
)


LIBRARIES = (
    Codebase(
        "lightly",  # DINO and the first MoCo script keep the moving average under the plain name
        *(
            tuple(f"{place}{name}." for place in ("state_dict/", "") for name in names)
            for names in (
                ("student_backbone", "query_backbone", "student_backbone.vit"),
                ("backbone", "backbone.vit"),
            )
        ),
        Sign(
            (r"(^|/)(student|query)_(projection_)?head\.", r"(^|/)(student|query)_backbone\."), (r"teacher_backbone",)
        ),
        LIGHTLY_METHODS,
        default=MOMENTUM,
        presets=Presets(small="lightly-cifar", vit="dino"),
    ),
    Codebase(
        "lightly",
        tuple(
            f"{place}{name}."
            for place in ("state_dict/", "")
            for name in ("backbone", "backbone.vit", "student_backbone", "student_backbone.vit")
        ),
        tuple(
            f"{place}{name}."
            for place in ("state_dict/", "")
            for name in ("teacher_backbone", "teacher_backbone.vit", "key_backbone", "backbone_momentum")
        ),
        Sign((r"(^|/)(student_|teacher_)?(projection_)?head\.layers\.",)),
        LIGHTLY_METHODS,
        presets=Presets(small="lightly-cifar", vit="dino"),
    ),
    Codebase(
        "mmselfsup or mmpretrain",
        ("state_dict/backbone.",),
        ("state_dict/target_net.0.", "state_dict/momentum_encoder.0.", "state_dict/encoder_k.0."),
        Sign((r"^meta$", r"^state_dict/(neck|head)\."), (LIGHTNING,)),
        MM_METHODS,
        presets=Presets(vit="moco-v3-vit"),
    ),
    Codebase(
        "solo-learn",
        ("state_dict/backbone.",),
        ("state_dict/momentum_backbone.",),
        Sign((r"^state_dict/(projector|head|prototypes)\.",)),
        SOLO_METHODS,
        presets=Presets(small="solo-cifar", vit="dino"),
        note="Until late 2022 solo-learn normalised with another deviation: `preset=solo-imagenet100-2021`.",
    ),
    Codebase(
        "solo-learn, before 1.0.3",
        ("state_dict/encoder.",),
        ("state_dict/momentum_encoder.",),
        Sign((r"^state_dict/(projector|head|prototypes)\.",)),
        SOLO_METHODS,
        presets=Presets("solo-imagenet100-2021", "solo-cifar", "dino"),
    ),
    Codebase(
        "VISSL",
        (
            *(
                f"{start}_feature_blocks."
                for start in (VISSL_TRUNK, f"{VISSL_TRUNK}base_model.", "model_state_dict/", "")
            ),
            VISSL_TRUNK,
        ),
        tuple(f"classy_state_dict/loss/momentum_teacher.trunk.{rest}" for rest in ("_feature_blocks.", "")),
        methods=VISSL_METHODS,
        presets=Presets(vit="dino"),
    ),
)
