# SPDX-License-Identifier: MIT
"""In which numbers products are computed: bfloat16 where the machine is fast at it, else float32 through the BLAS.

A processor without bfloat16 instructions takes sixteen times as long for such a product as for one in float32 through OpenBLAS (5 and 80 GFLOP/s); one that has
them may be quicker with bfloat16 (70 to 200). The names of processors do not tell; a measurement does.
"""
import functools
import time

import torch


def _seconds(kind, size=384, runs=3):
    a, b = (torch.ones(size, size).to(kind) for _ in range(2))
    a @ b
    best = float("inf")
    for _ in range(runs):
        begin = time.process_time()
        a @ b
        best = min(best, time.process_time() - begin)
    return best


@functools.cache
def fast(device):
    """torch.bfloat16 or torch.float32; measured once for a processor."""
    if torch.device(device).type != "cpu":
        return torch.bfloat16
    torch.set_num_threads(1)
    return min((torch.float32, torch.bfloat16), key=_seconds)


def products(device):
    """A context in which products are computed in the faster kind."""
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=fast(device) == torch.bfloat16)
