"""Files as the libraries that train many methods save them, with lightly's and timm's own classes."""

import warnings
from itertools import pairwise

import timm
import torch
from lightly.models import ResNetGenerator
from lightly.models.modules import heads
from slim_networks import follower, layers, lively, slim, slim50, under, vit
from torch import nn
from written import Written

LIGHTNING = {"epoch": 99, "global_step": 5, "pytorch-lightning_version": "2.4.0", "loops": {}, "callbacks": {}}


def lightning(state, **more):
    return LIGHTNING | {"state_dict": state, "optimizer_states": [], "lr_schedulers": []} | more


# solo-learn: the same names for all methods, told apart by what stands beside the backbone


def solo(method, beside, *, momentum=False, name="backbone", network=None, side=64, preset="imagenet"):
    network = network or slim(classes=0)
    other = follower(network) if momentum else None
    state = under(f"{name}.", network) | under("classifier.", nn.Linear(32, 5)) | beside
    if momentum:
        state |= under(f"momentum_{name}.", other) | under("momentum_classifier.", nn.Linear(32, 5))
    title = "solo-learn" if name == "backbone" else "solo-learn, before 1.0.3"
    return Written(lightning(state), network, title, method, other, preset=preset, side=side)


def pair(projector):
    return under("projector.", projector) | under("momentum_projector.", projector)


def solo_simclr():
    return solo("simclr", under("projector.", layers(32, 16, 8, norm=False)))


def solo_barlow_or_vicreg():
    return solo("barlow or vicreg", under("projector.", layers(32, 16, 16, 8)))


def solo_simsiam():
    projector = layers(32, 16, 16, 16, bias=False, last=nn.BatchNorm1d(16, affine=False))
    predictor = layers(16, 4, 16, bias=False)
    return solo("simsiam", under("projector.", projector) | under("predictor.", predictor))


def solo_byol():
    return solo("byol", pair(layers(32, 16, 8)) | under("predictor.", layers(8, 16, 8)), momentum=True)


def solo_moco_v2():
    queue = {"queue": nn.functional.normalize(torch.randn(2, 8, 32), dim=1), "queue_ptr": torch.zeros(1).long()}
    return solo("moco", pair(layers(32, 16, 8, norm=False)) | queue, momentum=True)


def solo_moco_v3():
    projector = layers(32, 16, 8, bias=False, last=nn.BatchNorm1d(8, affine=False))
    return solo("moco", pair(projector) | under("predictor.", layers(8, 16, 8, bias=False)), momentum=True)


def solo_swav():
    beside = {"prototypes.weight_g": torch.ones(12, 1), "prototypes.weight_v": torch.randn(12, 8)}
    return solo("swav", under("projector.", layers(32, 16, 8)) | beside | {"queue": torch.zeros(2, 32, 8)})


def solo_dino():
    mlp = nn.Sequential(nn.Linear(32, 16), nn.GELU(), nn.Linear(16, 16), nn.GELU(), nn.Linear(16, 8))
    head = under("mlp.", mlp) | {"last_layer.weight_g": torch.ones(12, 1), "last_layer.weight_v": torch.randn(12, 8)}
    beside = under("head.", head) | under("momentum_head.", head) | {"dino_loss_func.center": torch.zeros(1, 12)}
    return solo("dino", beside, momentum=True)


def solo_cifar():
    """Padding 2, which no tensor shows."""
    projector = under("projector.", layers(32, 16, 8, norm=False))
    return solo("simclr", projector, network=slim(classes=0, stem=(3, 1, 2)), side=32, preset="solo-cifar")


def solo_old():
    written = solo(
        "byol", pair(layers(32, 16, 8)) | under("predictor.", layers(8, 16, 8)), momentum=True, name="encoder"
    )
    return Written(written.content, written.taken, written.title, "byol", written.other, preset="solo-imagenet100-2021")


# lightly's benchmark scripts, with lightly's own heads


def lightly_script(method, beside, other=None, *, taken=None, role="online", **how):
    network = taken or slim50(classes=0)
    state = under("backbone.", network) | beside | under("online_classifier.linear.", nn.Linear(128, 5))
    content = lightning(state, hyper_parameters={"batch_size_per_device": 256, "num_classes": 1000})
    return Written(content, network, "lightly", method, other, role=role, **how)


def lightly_simclr():
    return lightly_script("simclr", under("projection_head.", lively(heads.SimCLRProjectionHead(128, 16, 8))))


def lightly_barlow_or_vicreg():
    head = lively(heads.BarlowTwinsProjectionHead(128, 16, 8))
    return lightly_script("barlow or vicreg", under("projection_head.", head))


def lightly_swav():
    head, prototypes = lively(heads.SwaVProjectionHead(128, 16, 8)), heads.SwaVPrototypes(8, 12)
    return lightly_script("swav", under("projection_head.", head) | under("prototypes.", prototypes))


def lightly_byol():
    teacher = follower(slim50(classes=0))
    beside = under("teacher_backbone.", teacher)
    for name in ("projection_head", "teacher_projection_head"):
        beside |= under(f"{name}.", lively(heads.BYOLProjectionHead(128, 16, 8)))
    beside |= under("prediction_head.", lively(heads.BYOLPredictionHead(8, 16, 8)))
    return lightly_script("byol", beside, teacher)


def lightly_moco():
    key = follower(slim50(classes=0))
    beside = under("key_backbone.", key)
    for name in ("projection_head", "key_projection_head"):
        beside |= under(f"{name}.", heads.MoCoProjectionHead(128, 16, 8))
    return lightly_script("moco", beside, key)


def lightly_moco_first_script():
    """Here `backbone` is the moving average and `query_backbone` learns."""
    query = follower(slim50(classes=0))
    beside = under("query_backbone.", query)
    for name in ("projection_head", "query_projection_head"):
        beside |= under(f"{name}.", heads.MoCoProjectionHead(128, 16, 8))
    return lightly_script("moco", beside, query, role="momentum")


def lightly_dino_heads(dim):
    beside = {}
    for name in ("projection_head", "student_projection_head"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # weight_norm announces its successor
            beside |= under(f"{name}.", heads.DINOProjectionHead(dim, 16, 8, 12))
    return beside | {"criterion.center": torch.zeros(1, 1, 12)}


def lightly_dino():
    student = follower(slim50(classes=0))
    beside = under("student_backbone.", student) | lightly_dino_heads(128)
    return lightly_script("dino", beside, student, role="momentum")


def lightly_dino_vit():
    teacher = vit(side=224, patch=16, dim=384, heads=6, depth=1)
    student = follower(teacher)
    state = under("backbone.vit.", teacher) | under("student_backbone.vit.", student) | lightly_dino_heads(384)
    state |= {"backbone.mask_token": torch.zeros(1, 1, 384), "student_backbone.mask_token": torch.zeros(1, 1, 384)}
    content = lightning(state, hyper_parameters={})
    return Written(content, teacher, "lightly", "dino", student, preset="dino", role="momentum", side=224)


def lightly_compiled():
    """torch.compile puts a name of its own between."""
    network = slim50(classes=0)
    head = under("projection_head.", lively(heads.SimCLRProjectionHead(128, 16, 8)))
    return Written(lightning(under("backbone._orig_mod.", network) | head), network, "lightly", "simclr")


def lightly_sequential():
    network = slim()
    backbone = nn.Sequential(*list(network.children())[:-1])
    state = under("backbone.", backbone) | under("projection_head.", lively(heads.SimSiamProjectionHead(32, 16, 16)))
    state |= under("prediction_head.", lively(heads.SimSiamPredictionHead(16, 4, 16)))
    return Written(state, network, "lightly", "simsiam")


def lightly_cifar():
    """lightly's own ResNet in nn.Sequential, where the stem's ReLU gets lost."""
    torch.manual_seed(0)
    resnet = ResNetGenerator("resnet-9", width=0.125)
    backbone = lively(nn.Sequential(*list(resnet.children())[:-1], nn.AdaptiveAvgPool2d(1)))
    momentum = follower(backbone)
    state = under("backbone.", backbone) | under("backbone_momentum.", momentum)
    for name in ("projection_head", "projection_head_momentum"):
        state |= under(f"{name}.", heads.MoCoProjectionHead(64, 16, 8))
    return Written(lightning(state), backbone, "lightly", "moco", momentum, preset="lightly-cifar", side=32)


# VISSL


def vissl(heads_state, loss=None, other=None, method="unknown"):
    network = slim50(classes=0)
    base = {"model": {"trunk": under("_feature_blocks.", network), "heads": heads_state}, "meters": {}}
    content = {
        "phase_idx": 799,
        "iteration": 10,
        "loss": {},
        "classy_state_dict": {"base_model": base, "loss": loss or {}},
        "train_phase_idx": 799,
        "type": "consolidated",
    }
    return Written(content, network, "VISSL", method, other)


def vissl_simclr():
    return vissl({"0.clf.0.weight": torch.zeros(16, 128)})


def vissl_swav():
    return vissl({"0.prototypes0.weight": torch.zeros(12, 8)}, method="swav")


def vissl_dino():
    teacher = follower(slim50(classes=0))
    return vissl({}, under("momentum_teacher.module.trunk._feature_blocks.", teacher), teacher, "dino")


def vissl_converted():
    network = slim50(classes=0)
    content = {"model_state_dict": under("_feature_blocks.", network)}
    return Written(content, network, "VISSL", "unknown")


# mmselfsup and mmpretrain


def mm(method, beside, other=None):
    network = slim50(classes=0)
    state = under("backbone.", network) | beside
    content = {"meta": {"mmselfsup_version": "1.0.0rc1", "epoch": 200}, "state_dict": state}
    return Written(content, network, "mmselfsup or mmpretrain", method, other)


def neck(*sizes):
    state = {}
    for index, (wide, narrow) in enumerate(pairwise(sizes)):
        state |= under(f"fc{index}.", nn.Linear(wide, narrow, bias=False)) | under(
            f"bn{index}.", nn.BatchNorm1d(narrow)
        )
    return state


def mm_simclr():
    return mm("simclr", under("neck.", neck(128, 16, 8)))


def mm_byol():
    target = follower(slim50(classes=0))
    beside = under("neck.", neck(128, 16, 8)) | under("head.predictor.", neck(8, 16, 8))
    beside |= {"target_net.steps": torch.tensor(3)} | under("target_net.module.0.", target)
    return mm("byol", beside | under("target_net.module.1.", neck(128, 16, 8)), target)


def mm_moco_v2():
    key = follower(slim50(classes=0))
    necks = under("neck.", layers(128, 16, 8, norm=False)) | under(
        "encoder_k.module.1.", layers(128, 16, 8, norm=False)
    )
    queue = {"queue": torch.randn(8, 32), "queue_ptr": torch.zeros(1).long()}
    return mm("moco", necks | under("encoder_k.module.0.", key) | queue, key)


def mm_moco_v3():
    momentum = follower(slim50(classes=0))
    beside = under("neck.", neck(128, 16, 8)) | under("momentum_encoder.module.0.", momentum)
    return mm("moco", beside | under("head.predictor.", neck(8, 16, 8)), momentum)


def mm_swav():
    return mm("swav", under("neck.", neck(128, 16)) | {"head.loss_module.prototypes.weight": torch.zeros(12, 8)})


def mm_simsiam():
    return mm("simsiam", under("neck.", neck(128, 16, 16, 16)) | under("head.predictor.", neck(16, 4, 16)))


def mm_barlow():
    return mm("barlow", under("neck.", neck(128, 16, 16, 8)))


def mm_vit_names(network):
    names = (
        ("patch_embed.proj.", "patch_embed.projection."),
        ("norm1.", "ln1."),
        ("norm2.", "ln2."),
        ("mlp.fc1.", "ffn.layers.0.0."),
        ("mlp.fc2.", "ffn.layers.1."),
        ("blocks.", "layers."),
    )
    renamed = {}
    for key, tensor in network.state_dict().items():
        for ours, theirs in names:
            key = key.replace(ours, theirs)
        renamed["ln1." + key.removeprefix("norm.") if key.startswith("norm.") else key] = tensor
    return renamed


def mm_moco_v3_vit():
    network = vit(side=224, patch=16, dim=384, heads=12, depth=1)
    momentum = follower(network)
    state = under("backbone.", mm_vit_names(network)) | under("neck.", neck(384, 16, 8))
    state |= under("momentum_encoder.module.0.", mm_vit_names(momentum)) | under("head.predictor.", neck(8, 16, 8))
    content = {"meta": {}, "state_dict": state}
    title = "mmselfsup or mmpretrain"
    return Written(content, network, title, "moco", momentum, preset="moco-v3-vit", side=224)


# plain networks


def timm_resnet():
    torch.manual_seed(0)
    network = lively(
        timm.models.ResNet(timm.models.resnet.BasicBlock, [1, 1, 1, 1], channels=(8, 16, 24, 32), num_classes=0)
    )
    return Written(network.state_dict(), network, "torchvision", "unknown")


def timm_vit():
    network = vit(side=32, patch=8, dim=128, heads=4)
    content = network.state_dict() | under("head.", nn.Linear(128, 10))
    return Written(
        content, network, "timm Vision Transformer", "unknown", options="?heads=4&resize=32&crop=32", side=32
    )


def unknown_prefix():
    network = slim()
    return Written({"net": under("model.trunk.", network)}, network, "torchvision", "unknown")


def unknown_with_teacher():
    network = slim(classes=0)
    teacher = follower(network)
    return Written(under("student.", network) | under("teacher.", teacher), network, "torchvision", "unknown", teacher)


LIBRARY_FILES = tuple(
    write
    for name, write in list(globals().items())
    if name.startswith(("solo_", "lightly_", "vissl_", "mm_", "timm_", "unknown_"))
    and name not in ("lightly_script", "lightly_dino_heads", "mm_vit_names")
)
