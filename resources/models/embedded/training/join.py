# SPDX-License-Identifier: MIT
"""Puts what one run trained into another that began with the same base: two stages can so be trained at once.

usage: join.py RUN OTHER STAGE
RUN receives the averaged tensors that STAGE trains in OTHER (vision: the tower, its projection and adapters).
"""
import os
import sys

import torch

from stages import STAGES


def joined(run, other, stage):
    """The state `run` with the tensors of `other` that `stage` trains, and how many they are."""
    source = {**other["model"], **other["average"]}
    names = [n for n in run["model"] if STAGES[stage].trains(n) and n in source]
    for n in names:
        run["model"][n] = source[n].clone()
        if n in run["average"]:
            run["average"][n] = source[n].clone()
    return run, len(names)


def main():
    path = os.path.join(sys.argv[1], "state.pt")
    load = lambda p: torch.load(p, map_location="cpu", weights_only=False)
    state, count = joined(load(path), load(os.path.join(sys.argv[2], "state.pt")), sys.argv[3])
    torch.save(state, path + ".tmp")
    os.replace(path + ".tmp", path)
    print(f"{count} tensors of {sys.argv[3]} from {sys.argv[2]}")


if __name__ == "__main__":
    main()
