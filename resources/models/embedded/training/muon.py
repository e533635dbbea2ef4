# SPDX-License-Identifier: MIT
"""Muon: momentum whose matrix updates are made orthogonal (Jordan et al. 2024), scaled so that Adam's learning rates fit (Liu et al. 2025).

All directions of a matrix then learn equally fast, the rare ones too: pieces of text that a page seldom shows.
"""
import torch

import precision

# One polynomial for each step; the first ones lift small singular values the most.
STEPS = ((4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037), (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012))


def orthogonal(g):
    """Newton-Schulz iteration towards the nearest matrix whose singular values are one."""
    x = g.to(precision.fast(g.device))
    x = x / (x.float().norm() * 1.01 + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.t() if tall else x
    for a, b, c in STEPS:
        s = x @ x.t()
        x = a * x + (b * s + c * (s @ s)) @ x
    return (x.t() if tall else x).float()


class Muon(torch.optim.Optimizer):
    """For matrices only; what else a model has belongs to Adam. lr: as for Adam."""

    SIZE = 0.5  # of an update's numbers, in units of lr; 0.2 is as large as Adam's

    def __init__(self, params, lr=1e-3, momentum=0.95, weight_decay=0.02):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault("momentum", torch.zeros_like(p))
                m.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(m, group["momentum"]))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-self.SIZE * max(p.shape) ** 0.5 * group["lr"])
