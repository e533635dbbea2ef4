# SPDX-License-Identifier: MIT
"""Puts what one run trained into another that began with the same base: two stages can so be trained at once.

usage: join.py RUN OTHER STAGE [SHARE]
RUN receives the averaged tensors that STAGE trains in OTHER (look: the tower and its projection; vision: adapters); with a SHARE below 1 so
much of them, and the rest of its own: what a long and a one-sided training know is often both in the mean of their weights.
"""
import os
import sys

import torch

from stages import STAGES


def joined(run, other, stage, share=1.0):
    """The state `run` with the tensors of `other` that `stage` trains, and how many they are. share: of `other` in them."""
    source = {**other["model"], **other["average"]}
    names = [n for n in run["model"] if STAGES[stage].trains(n) and n in source]
    for n in names:
        own = run["average"].get(n, run["model"][n])
        run["model"][n] = torch.lerp(own, source[n], share)
        if n in run["average"]:
            run["average"][n] = run["model"][n].clone()
    return run, len(names)


def main():
    path = os.path.join(sys.argv[1], "state.pt")
    load = lambda p: torch.load(p, map_location="cpu", weights_only=False)
    share = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    state, count = joined(load(path), load(os.path.join(sys.argv[2], "state.pt")), sys.argv[3], share)
    torch.save(state, path + ".tmp")
    os.replace(path + ".tmp", path)
    print(f"{count} tensors of {sys.argv[3]} from {sys.argv[2]}")


if __name__ == "__main__":
    main()
