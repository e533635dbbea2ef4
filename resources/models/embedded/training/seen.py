# SPDX-License-Identifier: MIT
"""Pictures without pixels: what a perfect vision tower would deliver, so that the base can learn to read before there is one.

A token of 28 x 28 pixels holds up to 8 characters in cells. Its stand-in is the sum over its cells of sign[cell] * embedding of
the character, with fixed random signs that keep the cells apart; an empty token is the image placeholder's embedding and a row
ends with the embedding of a line break. The tower and the image projection are later aligned to the same rows
(`alignment`), as the audio encoder is aligned to the embeddings of words.
"""
import numpy as np
import torch
import torch.nn.functional as F

import charts
from canvas import CHARACTERS, CROP, TOKEN, Layout

END = -1  # in the first cell: the end of a row
SPAN = CROP // TOKEN


def sequence(layout):
    """Cells in token order [tokens, 8]; the global view, too coarse to read, is left empty."""
    high, wide = layout.kept
    end = np.zeros((high, 1, 8), np.int64)
    end[..., 0] = END
    whole = np.zeros((SPAN, SPAN + 1, 8), np.int64)
    whole[:, -1, 0] = END
    middle = np.zeros((1, 8), np.int64)
    middle[0, 0] = END
    return np.concatenate([np.concatenate([layout.cells[:high, :wide], end], 1).reshape(-1, 8), middle, whole.reshape(-1, 8)])


def spoil(cells, r, g):
    """The tower's errors to come: characters wrong, lost or one cell aside."""
    cells, rate = cells.copy(), r.choice([0.0, 0.0, 0.01, 0.04])
    ink = cells > 0
    pick = g.random(cells.shape)
    cells[ink & (pick < rate)] = g.integers(1, len(CHARACTERS) + 1)
    cells[ink & (pick > 1 - rate / 2)] = 0
    aside = np.argwhere(ink & (pick > 0.47) & (pick < 0.5))
    for i, c in aside:
        to = c + 1 if c % 4 < 3 else c - 1
        if cells[i, to] == 0 and cells[i, 0] != END:
            cells[i, to], cells[i, c] = cells[i, c], 0
    return cells


def row(p, r, g, level=None):
    """A question about a drawn picture as a base row, with the cells at its slot as fifth element."""
    while True:
        page, q, a, _ = charts.picture(r, r.random() if level is None else level)
        layout = Layout(page.image.size, page.characters)
        if layout.tokens <= 360:
            break
    slot = [p.s["<|endoftext10|>"]] * layout.tokens
    return (*p.row(slot, q, a), spoil(sequence(layout), r, g))


class Code:
    """Rows of cells <-> embeddings; holds no trained weights."""

    def __init__(self, model, prompts):
        self.m, t, device = model, prompts.t, model.ctc_scale.device
        self.ids = torch.tensor([t.encode(c)[0] for c in CHARACTERS], device=device)
        self.empty, self.end = prompts.s["<|endoftext10|>"], t.encode("\n")[0]
        width = model.config["decoder"]["width"]
        self.sign = torch.randint(0, 2, (8, width), generator=torch.Generator().manual_seed(28)).to(device) * 2.0 - 1.0

    def rows(self, cells):
        """cells [n, 8] -> [n, D]."""
        e = self.m.model.embed_tokens.weight
        table = torch.cat([torch.zeros_like(e[:1]), e[self.ids]])
        x = (table[cells.clamp(min=0)] * self.sign).sum(1)
        bare = (cells <= 0).all(1) & (cells[:, 0] != END)
        x = torch.where(bare[:, None], e[self.empty], x)
        return torch.where((cells[:, 0] == END)[:, None], e[self.end], x)

    def alignment(self, rows, cells):
        """Loss of projected image rows [n, D] against their cells, and the accuracy on characters. Each cell is read back by its
        sign against the characters' embeddings and the placeholder's; row ends and empty tokens are drawn to theirs."""
        e = self.m.model.embed_tokens.weight
        end, ink = cells[:, 0] == END, cells > 0
        table = torch.cat([e[self.empty][None], e[self.ids]])
        read = ((rows[:, None] * self.sign) @ table.t()).float() * self.m.ctc_scale.detach()
        pick = (ink | (torch.rand(cells.shape, device=cells.device) < 0.05)) & ~end[:, None]
        loss = F.cross_entropy(read[pick], cells[pick])
        plain = end | (~ink).all(1)
        size = e.detach().square().mean()
        far = (rows[plain].float() - self.rows(cells[plain]).detach()).square().mean() / size
        return loss + 0.2 * far, (read.argmax(-1)[ink] == cells[ink]).float().mean()
