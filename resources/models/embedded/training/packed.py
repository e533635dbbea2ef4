# SPDX-License-Identifier: MIT
"""The decoder's matrices as the package holds them: SQ4, by the arithmetic of inference/quant/sq.cpp.

A stage that trains behind these values makes up for what four bits cost: adapters answer to the base that they will meet, and a base that is
trained so (its gradient passes the rounding as if it were not there) comes to lie where rounding costs little.
"""
import torch

GROUP, TILE, TOP = 32, 64, 15.0


def half(x):
    return x.to(torch.float16).float()


def column_scales(w, passes=16):
    """Sinkhorn scales [columns] of w [rows, columns] with median 1 in every tile of 64 columns (inference/quant/sinkhorn.cpp)."""
    tiles = w.view(len(w), -1, TILE).transpose(0, 1)
    largest = lambda r, c: torch.maximum(r.amax(1), c.amax(1)) / torch.minimum(r.amin(1), c.amin(1)).clamp_min(1e-12)
    spread = lambda x: (x.std(2), x.std(1))
    rows, columns = spread(tiles)
    target = torch.cat([rows, columns], 1).clamp(1e-3, 1e3).amin(1, keepdim=True) + 1e-6
    u, v, best = torch.zeros_like(rows), torch.zeros_like(columns), torch.ones_like(columns)
    least, going = largest(rows, columns), torch.ones_like(rows[:, 0], dtype=torch.bool)
    for _ in range(passes):
        rows, columns = spread(tiles / v.exp()[:, None] / u.exp()[:, :, None])
        now = largest(rows, columns)
        going &= now <= least  # frozen from the first rise on
        least, best = torch.where(going, now, least), torch.where(going[:, None], v.exp(), best)
        step = lambda x, s: (x + (s.clamp(1e-3, 1e3) / target).clamp(0.7, 2.0).log()).clamp(-0.3, 10.0)
        v, u = step(v, columns), step(u, rows)
    middle = best.sort(1).values
    return half(best / ((middle[:, TILE // 2 - 1] + middle[:, TILE // 2]) / 2)[:, None]).flatten()


def fit(n, rounds=20):
    """Scale and offset [rows, groups, 1] of n [rows, groups, 32], in 8 bits against the largest of their row."""
    high, low, mean = n.amax(2, keepdim=True), n.amin(2, keepdim=True), n.mean(2, keepdim=True)
    codes = lambda s, o: ((n - o) / s).clamp(0, TOP).round()
    least, scale, offset = torch.full_like(mean, float("inf")), mean, mean
    for reach in (0.8, 0.9, 1.0):
        s = ((high - low) * reach).clamp_min(1e-8) / TOP
        o = (high + low) / 2 - (high - low) * (reach / 2)
        for _ in range(rounds):
            q = codes(s, o)
            middle = q.mean(2, keepdim=True)
            d = q - middle
            variance = d.square().sum(2, keepdim=True)
            s = torch.where(variance > 0, (d * (n - mean)).sum(2, keepdim=True) / variance.clamp_min(1e-12), s).clamp_min(1e-8)
            o = mean - s * middle
        error = (codes(s, o) * s + o - n).square().sum(2, keepdim=True)
        better = error < least
        least, scale, offset = torch.where(better, error, least), torch.where(better, s, scale), torch.where(better, o, offset)
    row_scale = half(scale.amax(1, keepdim=True)).clamp_min(2.0 ** -24)
    row_offset = half(offset.abs().amax(1, keepdim=True))
    return (scale / row_scale * 255).round().clamp(1, 255) / 255 * row_scale, (offset / row_offset.clamp_min(1e-12) * 127).round().clamp(-127, 127) / 127 * row_offset


class Packed:
    """What a matrix is once packed. Scales are fitted anew whenever a frozen matrix was changed, and now and then while it is trained."""
    every = 100  # steps of training on the same scales: a weight moves by far less than a code meanwhile

    def __init__(self):
        self.version = self.values = None

    @torch.no_grad()
    def rounded(self, w):
        y = w.view(len(w), -1, GROUP) * self.finer
        return y.sub_(self.shift).round_().clamp_(0, TOP).mul_(self.scale).add_(self.offset).mul_(self.columns).view(w.shape)

    @torch.no_grad()
    def measure(self, w):
        t = column_scales(w)
        self.columns = t.view(1, -1, GROUP)
        self.scale, self.offset = fit((w / t).view(len(w), -1, GROUP))
        self.finer, self.shift = 1 / (self.columns * self.scale), self.offset / self.scale

    def __call__(self, w):
        if w.requires_grad and torch.is_grad_enabled():
            if self.version is None or w._version >= self.version + self.every:
                self.measure(w.detach())
                self.version = w._version
                self.values = None
            return w + (self.rounded(w) - w.detach())
        if self.values is None or w._version != self.version:
            self.measure(w)
            self.values, self.version = self.rounded(w), w._version
        return self.values
