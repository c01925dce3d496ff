"""Queues of earlier projections."""

from lightly.models.modules.memory_bank import MemoryBankModule


def keep_in_state(bank: MemoryBankModule) -> None:
    """Makes the queue part of `state_dict()`: lightly leaves it out, and a resumed run would start with noise."""
    bank.register_buffer("bank", bank.bank, persistent=True)
    bank.register_buffer("bank_ptr", bank.bank_ptr, persistent=True)
