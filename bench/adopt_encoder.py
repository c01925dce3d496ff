"""`python -m bench.adopt_encoder RUN` makes a built-in encoder of a run: `pretrain --method M --dataset habitats`.

The encoder goes into `assets/encoders/` under its method's name with the metrics of its training, its heads into
`heads/`, their matrices in float16; vectors, batch statistics and counters stay as they are, as in the encoder's file.
"""

import argparse
import shutil
from pathlib import Path

import safetensors.torch

from qscore_core.encoders import read_own_metadata
from qscore_core.encoders.habitats_scheme import ASSETS
from qscore_core.training.files import RunFiles
from qscore_core.workspace import write_atomic


def adopt(run: Path, assets: Path) -> str:
    """The name under which the run's encoder is built in from now on."""
    files = RunFiles(run)
    own = read_own_metadata(files.encoder)
    if own is None:
        raise SystemExit(f"`{files.encoder}` should be the encoder of a finished run.")
    heads = safetensors.torch.load_file(files.heads)
    halved = {
        key: tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor
        for key, tensor in heads.items()
    }
    write_atomic(assets / "heads" / f"{own.method}.safetensors", safetensors.torch.save(halved))
    shutil.copyfile(files.metrics, assets / f"{own.method}.metrics.csv")
    shutil.copyfile(files.encoder, assets / f"{own.method}.safetensors")
    return own.method


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of the run")
    print(f"habitats:{adopt(parser.parse_args().run, ASSETS)}")


if __name__ == "__main__":
    main()
