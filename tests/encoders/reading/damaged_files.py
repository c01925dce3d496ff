"""Real files of every container, cut off or with a few wrong bits."""

import argparse
import io
import random

import safetensors.torch
import torch

CUTS = 8
FLIPS = 30


def real_files():
    """One small file for each way to read: torch's own safe reader, the inert one, safetensors."""
    weights = {f"layer{number}.weight": torch.rand(4, 3) for number in range(3)}
    plain = {"epoch": 3, "state_dict": weights}
    return {
        "zip": _saved(plain),
        "legacy": _saved(plain, _use_new_zipfile_serialization=False),
        "inert zip": _saved({**plain, "args": argparse.Namespace(lr=0.1)}),
        "inert legacy": _saved({**plain, "args": argparse.Namespace(lr=0.1)}, _use_new_zipfile_serialization=False),
        "safetensors": safetensors.torch.save(weights),
    }


def cut_off():
    """name -> bytes, cut at places from the first byte to the last but one."""
    return {
        f"{kind}, cut {part}": data[: max(1, (len(data) - 1) * part // (CUTS - 1))]
        for kind, data in real_files().items()
        for part in range(CUTS)
    }


def flipped():
    """name -> bytes of which one to four bits are wrong."""
    chance = random.Random(0)
    result = {}
    for kind, data in real_files().items():
        for turn in range(FLIPS):
            wrong = bytearray(data)
            for _ in range(chance.randint(1, 4)):
                wrong[chance.randrange(len(wrong))] ^= 1 << chance.randrange(8)
            result[f"{kind}, flipped {turn}"] = bytes(wrong)
    return result


def _saved(content, **how):
    buffer = io.BytesIO()
    torch.save(content, buffer, **how)
    return buffer.getvalue()
