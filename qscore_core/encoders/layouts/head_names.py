"""Where codebases keep their heads: plain prefixes in the dict that holds the backbone of the same role."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HeadNames:
    """Prefixes by part, the first that is there counts; `queue` and `center` are whole names from the top of the file.

    `projector` goes with the online network, `momentum_projector` with its follower.
    """

    projector: tuple[str, ...]
    momentum_projector: tuple[str, ...] = ()
    predictor: tuple[str, ...] = ()
    prototypes: tuple[str, ...] = ()
    queue: tuple[str, ...] = ()
    center: tuple[str, ...] = ()


LIGHTLY = HeadNames(
    ("student_projection_head.", "query_projection_head.", "student_head.", "projection_head.", "head."),
    (
        *("teacher_projection_head.", "key_projection_head.", "projection_head_momentum.", "teacher_head."),
        *("projection_head.",),
    ),
    ("prediction_head.",),
    ("prototypes.",),
    center=("state_dict/criterion.center", "criterion.center"),
)
SOLO = HeadNames(
    ("projector.", "head."),
    ("momentum_projector.", "momentum_head."),
    ("predictor.",),
    ("prototypes.",),
    ("state_dict/queue",),
    ("state_dict/dino_loss_func.center",),
)

# title of the codebase -> its names; codebases whose heads no objective here has are left out
HEAD_NAMES = {
    "SwAV": HeadNames(("projection_head.",), prototypes=("prototypes.",)),
    "MoCo v2": HeadNames(("encoder_q.fc.",), ("encoder_k.fc.",), queue=("state_dict/queue",)),
    "SimSiam": HeadNames(("encoder.fc.",), predictor=("predictor.",)),
    "Barlow Twins, full checkpoint": HeadNames(("projector.",)),
    "VICReg, full checkpoint": HeadNames(("projector.",)),
    "DINO, full checkpoint": HeadNames(("head.",), ("head.",), center=("dino_loss/center",)),
    "lightly": LIGHTLY,
    "solo-learn": SOLO,
    "solo-learn, before 1.0.3": SOLO,
}
