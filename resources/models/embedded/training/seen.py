# SPDX-License-Identifier: MIT
"""Pictures without pixels: the rows that a tower which reads delivers.

Each piece of text (a token of the vocabulary) stands where its middle lies in the grid of image tokens, or in the nearest free place
of that row; everywhere else stands the image placeholder. The base learned to read just this from sound: the tokens of what is said, apart,
with placeholders between.
"""
import numpy as np
import torch
import torch.nn.functional as F

import charts
from canvas import CROP, TOKEN, Layout

SPAN = CROP // TOKEN
NOTHING = -1  # no piece of text here


def pieces(t, text):
    """(token, first character, end) of a run of text; characters beyond ASCII do not occur in pictures."""
    at, out = 0, []
    for token in t.encode(text):
        n = len(t.decode([token]))
        out.append((token, at, at + n))
        at += n
    return out


def parts(text, at):
    """A run cut where a crop ends: nothing in the tower sees across."""
    begin = 0
    for k in range(1, len(text) + 1):
        if k == len(text) or int(at[k][0] // CROP) != int(at[begin][0] // CROP) or int(at[k][1] // CROP) != int(at[begin][1] // CROP):
            yield text[begin:k], at[begin:k]
            begin = k


def grid(t, layout, blank=NOTHING):
    """Token ids [rows, columns] of the detailed part of a canvas.Layout."""
    (w, h), (nw, nh) = layout.size, layout.scaled
    high, wide = layout.kept
    wanted = {}
    for run, places in layout.runs:
        for text, at in parts(run, [(x * nw / w, y * nh / h) for x, y in places]):
            for token, a, b in pieces(t, text):
                ink = [k for k in range(a, b) if text[k] != " "]
                if ink:
                    x, y = np.mean([at[k] for k in ink], 0)
                    wanted.setdefault(int(y // TOKEN), []).append((x / TOKEN, token))
    out = np.full((high, wide), blank, np.int64)
    for i, found in wanted.items():
        if 0 <= i < high:
            place(out[i], sorted(found, key=lambda f: f[0]), blank)
    return out


def place(row, found, blank):
    """In order from left to right, each as near to its place as the others allow; what does not fit is left out at the end."""
    found = found[:len(row)]
    at = [min(max(int(x), 0), len(row) - 1) for x, _ in found]
    for k in range(1, len(at)):
        at[k] = max(at[k], at[k - 1] + 1)
    over = len(row)
    for k in reversed(range(len(at))):
        at[k] = min(at[k], over - 1)
        over = at[k]
    for k, (_, token) in zip(at, found):
        row[k] = token


def sequence(p, layout):
    """Ids in token order; the global view, too coarse to read, is left empty."""
    blank, end = p.s["<|endoftext10|>"], p.t.encode("\n")[0]
    cells = grid(p.t, layout, blank)
    fine = np.concatenate([cells, np.full((len(cells), 1), end)], 1).reshape(-1)
    whole = np.full((SPAN, SPAN + 1), blank)
    whole[:, -1] = end
    return np.concatenate([fine, [end], whole.reshape(-1)])


def spoil(ids, p, r, g):
    """The tower's errors to come: pieces wrong, lost, or one place aside."""
    blank, end, rate = p.s["<|endoftext10|>"], p.t.encode("\n")[0], r.choice([0.0, 0.0, 0.02, 0.05])
    ids, pick = ids.copy(), g.random(len(ids))
    ink = (ids != blank) & (ids != end)
    ids[ink & (pick < rate)] = g.integers(0, p.t.ranks)
    ids[ink & (pick > 1 - rate / 2)] = blank
    for i in np.flatnonzero(ink & (pick > 0.45) & (pick < 0.55)):
        if i + 1 < len(ids) and ids[i + 1] == blank:
            ids[i], ids[i + 1] = blank, ids[i]
    return ids


def row(p, r, g, level=None, fold="train", clean=False):
    """A question about a drawn picture as a training row -> row, answer, kind."""
    while True:
        page, q, a, kind = charts.picture(r, r.random() if level is None else level, fold)
        layout = Layout(page)
        if layout.tokens <= 420:
            break
    ids = sequence(p, layout)
    return p.row((ids if clean else spoil(ids, p, r, g)).tolist(), q, a), a, kind


def alignment(model, rows, places, prompts):
    """Loss of projected image rows [n, D] of several pictures against their pieces, places: [rows, columns] of each (NOTHING: none).
    Two judges: every piece at its own place, and CTC along each row of tokens, which lets a piece lie where the tower sees it best. The end
    of a row and the global view are drawn to what `sequence` writes there. -> loss, accuracy at the places."""
    e = model.model.embed_tokens.weight
    blank, end = prompts.s["<|endoftext10|>"], prompts.t.encode("\n")[0]
    at, fine, plain, ends, widths = 0, [], [], [], []
    for p in places:
        high, wide = p.shape
        n = high * (wide + 1)
        part = rows[at:at + n].view(high, wide + 1, -1)
        fine += list(part[:, :-1])
        whole = rows[at + n + 1:at + n + 1 + SPAN * (SPAN + 1)].view(SPAN, SPAN + 1, -1)
        ends += [part[:, -1], rows[at + n:at + n + 1], whole[:, -1]]
        plain.append(whole[:, :-1].flatten(0, 1))
        widths += [wide] * high
        at += n + 1 + SPAN * (SPAN + 1)
    labels = torch.cat([p.flatten() for p in places])
    table = F.linear(torch.cat(fine), e).float() * model.ctc_scale.detach()
    ink = labels != NOTHING
    pick = ink | (torch.rand(labels.shape, device=labels.device) < 0.15)
    loss = F.cross_entropy(table[pick], torch.where(ink, labels, blank)[pick])
    scores = torch.nn.utils.rnn.pad_sequence(list(table.log_softmax(-1).split(widths)))
    targets = [x[x != NOTHING] for p in places for x in p]
    lengths = torch.tensor([len(x) for x in targets])
    ctc = F.ctc_loss(scores, torch.cat(targets), torch.tensor(widths), lengths, blank=blank, reduction="sum", zero_infinity=True) / max(1, int(lengths.sum()))
    size = e.detach().square().mean()
    far = (torch.cat(ends).float() - e[end].detach()).square().mean() / size + (torch.cat(plain).float() - e[blank].detach()).square().mean() / size
    return 0.5 * loss + 0.5 * ctc + 0.2 * far, (table.argmax(-1)[ink] == labels[ink]).float().mean()
