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
import tasks
from canvas import CROP, TOKEN, Layout

SPAN = CROP // TOKEN
NOTHING = -1  # no piece of text here
ASIDE, IMPOSSIBLE = 2, -1e4  # places that a piece may lie away from its own; logarithm of what must not be
EXACT = 0.1  # weight of the judge that asks for the very place
TOLD = 0.5  # weight of the kinds of drawings, one for a whole picture
LENGTH, SURE = 1.0, 50.0  # of an image row: about an embedding's; and of the logits of a row along its piece


def pieces(t, word):
    """(token, first character, end) of a word; characters beyond ASCII do not occur in pictures. A word is always cut the same way, as after
    a space or at the beginning of a line, whichever takes fewer pieces: what stands before it must not decide what it looks like."""
    bare, spaced = t.encode(word), t.encode(" " + word)
    at, out = (-1, []) if len(spaced) <= len(bare) else (0, [])
    for token in spaced if at else bare:
        n = len(t.decode([token]))
        out.append((token, max(at, 0), at + n))
        at += n
    return out


def words(text, at):
    """The words of a run with the places of their characters. Nothing in the tower sees across the end of a crop: a word there is cut, or
    stands whole on the side of its larger part, if that part tells it (two thirds of a word of letters)."""
    begin = 0
    for k in range(1, len(text) + 1):
        if k == len(text) or (text[k] == " ") != (text[k - 1] == " "):
            if text[begin] != " ":
                yield from halves(text[begin:k], at[begin:k])
            begin = k


def halves(word, at):
    crop = [(int(x // CROP), int(y // CROP)) for x, y in at]
    ends = [k for k in range(1, len(word)) if crop[k] != crop[k - 1]] + [len(word)]
    parts = list(zip([0] + ends, ends))
    a, b = max(parts, key=lambda p: p[1] - p[0])
    if len(parts) > 1 and 3 * (b - a) >= 2 * len(word) and word.strip(".,:?!'").isalpha():
        inside = [min(max(k, a), b - 1) for k in range(len(word))]
        yield word, [at[k] for k in inside]
    else:
        for a, b in parts:
            yield word[a:b], at[a:b]


def grids(t, layout, blank=NOTHING):
    """Token ids of the detailed part of a canvas.Layout, two grids [rows, columns]: each piece once, where its middle lies; and in each
    place the piece of the character nearest to its middle."""
    (w, h), (nw, nh) = layout.size, layout.scaled
    high, wide = layout.kept
    wanted, nearest = {}, {}
    for run, places in layout.runs:
        for word, at in words(run, [(x * nw / w, y * nh / h) for x, y in places]):
            for token, a, b in pieces(t, word):
                x, y = np.mean(at[a:b], 0) if b > a else (-1, -1)
                if 0 <= x < nw:  # what runs over the edge of the paper is not there
                    wanted.setdefault(int(y // TOKEN), []).append((x / TOKEN, token))
                for x, y in at[a:b]:
                    cell = int(y // TOKEN), int(x // TOKEN)
                    nearest[cell] = min(nearest.get(cell, (TOKEN, 0)), (abs(x - (cell[1] + 0.5) * TOKEN), token))
    once, over = np.full((high, wide), blank, np.int64), np.full((high, wide), NOTHING, np.int64)
    for i, found in wanted.items():
        if 0 <= i < high:
            place(once[i], sorted(found, key=lambda f: f[0]), blank)
    for (i, j), (_, token) in nearest.items():
        if 0 <= i < high and 0 <= j < wide:
            over[i, j] = token
    return once, over


def grid(t, layout, blank=NOTHING):
    return grids(t, layout, blank)[0]


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


def kind(p, layout):
    """The piece that tells bars from lines: nothing that is written does. The image placeholder for a page of text."""
    return p.t.encode(" " + layout.kind)[0] if layout.kind else p.s["<|endoftext10|>"]


def sequence(p, layout):
    """Ids in token order; the global view, too coarse to read, says what kind of drawing it is, and nothing else."""
    blank, end = p.s["<|endoftext10|>"], p.t.encode("\n")[0]
    cells = grid(p.t, layout, blank)
    fine = np.concatenate([cells, np.full((len(cells), 1), end)], 1).reshape(-1)
    whole = np.full((SPAN, SPAN + 1), blank)
    whole[:, -1], whole[0, 0] = end, kind(p, layout)
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
    """A question about a drawn picture as a training row, a part of them heard instead of typed -> row, answer, kind."""
    while True:
        page, q, a, kind = charts.picture(r, r.random() if level is None else level, fold)
        layout = Layout(page)
        if layout.tokens <= 420:
            break
    ids = sequence(p, layout)
    heard, typed = tasks.asked(p, q, r)
    return p.row((ids if clean else spoil(ids, p, r, g)).tolist() + heard, typed, a), a, kind


def ranked(p, r):
    """A question that takes comparing, about values and labels in two rows of tokens as charts have them, without a page: drawing one for each
    would take longer than learning from it. -> training row."""
    while True:
        title, labels, values = tasks.series(r)
        q, a, kind = tasks.ask(title, labels, values, r, *r.choice(charts.NOUNS), describe=0.0)
        if kind in ("highest", "lowest", "trend"):
            break
    blank, end = p.s["<|endoftext10|>"], p.t.encode("\n")[0]
    gaps = lambda: [blank] * r.randint(1, 4)
    line = lambda words: [x for w in words for x in (*gaps(), *(t for t, _, _ in pieces(p.t, w)))] + gaps() + [end]
    shown = [line([title]), line([str(v) for v in values]), line(labels)]
    return p.row([x for part in shown for x in part], q, a)


def parts(rows, places, whole):
    """Token rows [n, C] of several pictures, taken apart: for each the detailed part [rows, columns + 1, C], its last column the ends of
    rows, and the mark before the global view [1, C] with that view [SPAN, SPAN + 1, C], None without (`whole`)."""
    at, out = 0, []
    for high, wide in (p.shape for p in places):
        n, mark, view = high * (wide + 1), None, None
        fine = rows[at:at + n].view(high, wide + 1, -1)
        at += n
        if whole:
            mark, view = rows[at:at + 1], rows[at + 1:at + 1 + SPAN * (SPAN + 1)].view(SPAN, SPAN + 1, -1)
            at += 1 + SPAN * (SPAN + 1)
        out.append((fine, mark, view))
    return out


def likeness(rows, embeddings):
    """How surely rows [n, D] say each piece, whatever their length -> logits [n, V], lengths [n, 1]."""
    length = rows.float().norm(dim=-1, keepdim=True)
    return F.linear(rows, embeddings).float() / length.clamp(min=1e-3) * SURE, length


def alignment(model, rows, places, kinds, prompts, whole=True, best=False):
    """Loss of projected image rows [n, D] of several pictures against their pieces, places: [rows, columns] of each (NOTHING: none), and
    kinds [pictures] (`kind`). Two judges: every piece at its own place, and `placed`, which lets it lie where the tower sees it best (`best`: see there). The end of
    a row and the global view (if `whole`) are drawn to what `sequence` writes there. -> loss, accuracy at the places, of the kinds (None without)."""
    e = model.model.embed_tokens.weight
    blank, end = prompts.s["<|endoftext10|>"], prompts.t.encode("\n")[0]
    fine, plain, ends, named, told, kept = [], [], [], [], 0.0, None
    for part, mark, view in parts(rows, places, whole):
        fine += list(part[:, :-1])
        ends.append(part[:, -1])
        if whole:
            ends += [mark, view[:, -1]]
            plain.append(view[:, :-1].flatten(0, 1)[1:])
            named.append(view[0, 0])
    labels = torch.cat([p.flatten() for p in places])
    fine = torch.cat(fine)
    table, length = likeness(fine, e)
    ink = labels != NOTHING
    pick = ink | (torch.rand(labels.shape, device=labels.device) < 0.15)
    loss = F.cross_entropy(table[pick], torch.where(ink, labels, blank)[pick])
    order = placed(table.log_softmax(-1), [x for p in places for x in p], blank, best)
    size = e.detach().square().mean()
    far = (torch.cat(ends).float() - e[end].detach()).square().mean() / size
    if whole:
        far = far + (torch.cat(plain).float() - e[blank].detach()).square().mean() / size
        named = torch.stack(named)
        names, _ = likeness(named, e)
        far, told = far + (named.float() - e[kinds].detach()).square().mean() / size, F.cross_entropy(names, kinds)
        kept = (names.argmax(-1) == kinds).float().mean()
    long = (length / LENGTH - 1).square().mean()  # longer rows would drown what the decoder's layers add to them
    return EXACT * loss + (1 - EXACT) * order + 0.2 * far + 0.1 * long + TOLD * told, (table.argmax(-1)[ink] == labels[ink]).float().mean(), kept


def placed(scores, rows, blank, best=False):
    """Loss of rows of tokens, scores: log-probabilities of one after the other [sum of their columns, V], that say their pieces in order, each once and no further than
    ASIDE from its place, with nothing between: over all such ways of lying. Where a character at the border of two places belongs
    is a matter of half a pixel; to ask for one of the two is to ask for what cannot be seen. Unlike CTC it never says a piece twice,
    which a reader could not tell from two digits. A piece that may lie in two places is content to be half there in each, and so in
    neither surer than nothing; when only the `best` way counts it makes up its mind. -> per piece."""
    wanted = [x[x != NOTHING] for x in rows]
    widths = torch.tensor([len(x) for x in rows])
    count, wide = torch.tensor([len(w) for w in wanted]), int(widths.max())
    most = max(1, int(count.max()))
    device = scores.device
    tokens, at = torch.zeros(len(rows), most, dtype=torch.long, device=device), torch.full((len(rows), most), -99, device=device)
    for k, (x, w) in enumerate(zip(rows, wanted)):
        tokens[k, :len(w)], at[k, :len(w)] = w, torch.nonzero(x != NOTHING)[:, 0]
    # only what is asked for is taken from the wide table: padding all of it costs half of a training step in copies of its gradient
    begin = widths.cumsum(0) - widths
    cell = (begin + torch.minimum(torch.arange(wide)[:, None], widths - 1)).to(device)  # [columns, rows]; behind a row's end its last
    widths = widths.to(device)
    none, said = scores[cell, blank], scores[cell[..., None], tokens]
    there = (torch.arange(wide, device=device)[:, None, None] - at).abs() <= ASIDE
    said = said.masked_fill(~there, IMPOSSIBLE)
    either = torch.maximum if best else torch.logaddexp
    so_far = torch.full((len(rows), most + 1), IMPOSSIBLE, device=device)
    so_far[:, 0] = 0.0
    for j in range(wide):
        further = torch.cat([so_far[:, :1] + none[j, :, None], either(so_far[:, 1:] + none[j, :, None], so_far[:, :-1] + said[j])], 1)
        so_far = torch.where((j < widths)[:, None], further, so_far)
    return -so_far.gather(1, count.to(device)[:, None]).sum() / max(1, int(count.sum()))


def covered(model, features, places, whole=True):
    """Loss of the tower's features [n, C] of several pictures, by a head of its own, against the piece that each place is a part of,
    places: [rows, columns] of each. What a word is can so be learned apart from where it is to be said. -> loss, accuracy."""
    fine = [part[:, :-1].flatten(0, 1) for part, _, _ in parts(features, places, whole)]
    labels = torch.cat([p.flatten() for p in places])
    ink = labels != NOTHING
    scores = F.linear(model.glyph_word(torch.cat(fine)[ink]), model.model.embed_tokens.weight).float() * model.ctc_scale.detach()
    return F.cross_entropy(scores, labels[ink]), (scores.argmax(-1) == labels[ink]).float().mean()
