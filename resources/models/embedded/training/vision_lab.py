# SPDX-License-Identifier: MIT
"""Small experiments on what the vision tower can read, minutes each, before any long run.

usage: vision_lab.py KIND MINUTES [batch=N] [rate=X] [width=N] [layers=N] [load=FILE] [save=FILE]
KIND digit: one digit in the middle of each 28-pixel token; grid: any character there; shift: a digit anywhere in the token;
     line: pages of text, one font and size; page: pages of text, all fonts and sizes. Prints character accuracy on fresh pictures.
"""
import random
import sys
import time

import torch

import canvas
import charts
import precision
from model import CONFIG, GLYPHS, PhialModel


def tokens_page(r, kind):
    """A 224 x 224 page with one character per token."""
    page = canvas.Canvas(224, 224)
    f = canvas.font(canvas.TRAIN_FONTS[0], 22)
    for i in range(8):
        for j in range(8):
            x, y = 28 * j + 14, 28 * i + 14
            if kind == "shift":
                x, y = x + r.randint(-7, 7), y + r.randint(-5, 5)
            page.text((x, y), r.choice(canvas.CHARACTERS if kind == "grid" else "0123456789"), (0, 0, 0), f, "mm")
    return canvas.Page(page)


class Pages:
    """Crops with labels; a pool is drawn anew slowly and used several times, since drawing costs as much as learning."""

    def __init__(self, kind, r, pool=512, reuse=3):
        self.kind, self.r, self.pool, self.want, self.reuse, self.owed = kind, r, [], pool, reuse, 0.0

    def draw(self):
        if self.kind in ("line", "page"):
            c = canvas.Page(charts.crowded(self.r, 0.0 if self.kind == "line" else 1.0))
        else:
            c = tokens_page(self.r, self.kind)
        return list(zip(canvas.crops(torch.from_numpy(c.paper), *c.grid)[1:], torch.from_numpy(c.crop_cells)))

    def batch(self, n):
        self.owed += n / self.reuse
        while self.owed > 0 or len(self.pool) < n:
            new = self.draw()
            self.owed -= len(new)
            self.pool += new
        self.r.shuffle(self.pool)
        self.pool = self.pool[-self.want:]
        picked = self.r.sample(self.pool, n)
        return torch.stack([p for p, _ in picked]), torch.stack([k for _, k in picked])


def accuracy(model, kind, r, count=24):
    px, cells = Pages(kind, r, reuse=1).batch(count)
    with torch.no_grad(), precision.products("cpu"):
        logits = model.glyph(model.image.pooled(px, torch.ones(count, 16, 16, dtype=torch.bool))).float().view(*cells.shape, GLYPHS)
    ink = cells > 0
    return float((logits.argmax(-1)[ink] == cells[ink]).float().mean()), float((logits.argmax(-1)[~ink] == 0).float().mean())


def main():
    kind, minutes = sys.argv[1], float(sys.argv[2])
    o = dict(batch=16, rate=1e-3, width=192, layers=6, load="", save="")
    for a in sys.argv[3:]:
        k, v = a.split("=")
        o[k] = type(o[k])(v)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = dict(CONFIG, vision=dict(CONFIG["vision"], width=o["width"], layers=o["layers"], heads=o["width"] // 32, inner=3 * o["width"]))
    model = PhialModel({}, config)
    if o["load"]:
        model.load_state_dict(torch.load(o["load"]))
    params = [p for n, p in model.named_parameters() if n.startswith("glyph") or "img_processor" in n]
    opt = torch.optim.AdamW(params, lr=1e-3, weight_decay=0.02, betas=(0.9, 0.98))
    r = random.Random(5)
    pages, step, began, shown = Pages(kind, r), 0, time.process_time(), 0.0
    loss_avg = 5.0
    while True:
        used = (time.process_time() - began) / 60
        if used > minutes:
            break
        for g in opt.param_groups:
            g["lr"] = o["rate"] * min(1, (step + 1) / 100) * (1 if used < 0.6 * minutes else max(0.03, (1 - used / minutes) / 0.4))
        px, cells = pages.batch(o["batch"])
        with precision.products("cpu"):
            loss, acc = model.glyph_loss(model.image.pooled(px, torch.ones(len(px), 16, 16, dtype=torch.bool)), cells)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        loss_avg = 0.95 * loss_avg + 0.05 * float(loss.detach())
        if used - shown > minutes / 8:
            shown = used
            print(f"{kind} cpu {used:.2f} step {step} loss {loss_avg:.3f} acc {float(acc):.3f}", flush=True)
    print(f"{kind}: characters right %.3f, empty cells right %.3f" % accuracy(model, kind, random.Random(99)), f"after {minutes} min, {step} steps, {o}", flush=True)
    if o["save"]:
        torch.save(model.state_dict(), o["save"])


if __name__ == "__main__":
    main()
