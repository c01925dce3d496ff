import pytest
import torch

from qscore_core.devices import Hardware
from qscore_core.errors import SettingsError
from qscore_core.team import ALONE, gather, is_first_process

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("environment", "first"),
    [
        ({}, True),
        ({"RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "8", "LOCAL_RANK": "0"}, False),  # torchrun: the first process of the second machine
        ({"RANK": "0", "LOCAL_RANK": "0", "SLURM_PROCID": "1"}, True),  # torchrun under SLURM numbers anew
        ({"SLURM_PROCID": "0", "SLURM_LOCALID": "0"}, True),
        ({"SLURM_PROCID": "3"}, False),
        ({"SLURM_PROCID": "0", "LOCAL_RANK": "1"}, False),  # started by the first process inside a SLURM shell
        ({"NODE_RANK": "1"}, False),  # one command a machine, started by hand
    ],
)
def test_the_first_process_is_told_by_every_launcher(monkeypatch, environment, first):
    for name in ("RANK", "SLURM_PROCID", "LOCAL_RANK", "NODE_RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_first_process() is first


def test_one_process_is_a_team_that_agrees_at_once():
    team = gather(Hardware(CPU))
    assert team is ALONE
    assert (team.leads, team.size, team.device(CPU), team.agreed("this")) == (True, 1, CPU, "this")
    team.wait(pytest.fail)


def test_more_gpus_than_there_are_are_refused():
    with pytest.raises(SettingsError) as refused:
        gather(Hardware(torch.device("cuda"), devices=99))
    expected = "`devices` should be at most the number of GPUs of this machine. Found 99 for "
    assert str(refused.value) == f"{expected}{torch.cuda.device_count()}."
