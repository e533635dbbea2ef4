# SPDX-License-Identifier: MIT
"""A drawing surface that remembers where every character lies, the high-definition transform, and camera effects.

The memory of characters and of pieces of text is the dense label of the vision tower's first lessons.
"""
import math
import os

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont

CROP, PATCH, TOKEN = 224, 14, 28
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-',%?!/"  # label 0 = nothing here
_FOLDERS = {".ttf": "/usr/share/fonts/truetype", ".otf": "/usr/share/fonts/opentype"}
TRAIN_FONTS = [
    "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSansMono.ttf", "dejavu/DejaVuSans-Oblique.ttf",
    "liberation2/LiberationSans-Regular.ttf", "liberation2/LiberationSans-Bold.ttf", "liberation2/LiberationMono-Regular.ttf",
    "liberation2/LiberationSerif-Regular.ttf", "dejavu/DejaVuSerif-Bold.ttf",
    "dejavu/DejaVuSerif-Italic.ttf", "dejavu/DejaVuSerifCondensed.ttf", "dejavu/DejaVuSans-BoldOblique.ttf", "dejavu/DejaVuSansMono-Bold.ttf",
    "liberation2/LiberationMono-Bold.ttf", "liberation2/LiberationSerif-Italic.ttf", "liberation2/LiberationSerif-BoldItalic.ttf",
    "liberation2/LiberationSans-BoldItalic.ttf",
    "lato/Lato-Regular.ttf", "lato/Lato-Italic.ttf", "lato/Lato-Bold.ttf", "roboto/unhinted/RobotoTTF/Roboto-Regular.ttf", "roboto/unhinted/RobotoTTF/Roboto-Italic.ttf",
    "roboto/unhinted/RobotoCondensed-Regular.ttf", "roboto/unhinted/RobotoTTF/Roboto-Medium.ttf", "open-sans/OpenSans-Regular.ttf", "open-sans/OpenSans-Italic.ttf",
    "open-sans/OpenSans-Semibold.ttf", "crosextra/Carlito-Regular.ttf", "crosextra/Carlito-Italic.ttf", "crosextra/Carlito-Bold.ttf", "crosextra/Caladea-Regular.ttf",
    "crosextra/Caladea-Italic.ttf", "freefont/FreeSans.ttf", "freefont/FreeSerif.ttf", "freefont/FreeMono.ttf", "gentium-basic/GenBasR.ttf", "gentium-basic/GenBasI.ttf",
    "linux-libertine/LinLibertine_R.otf", "linux-libertine/LinBiolinum_R.otf", "cantarell/Cantarell-Regular.otf", "inter/Inter-Regular.otf", "inter/Inter-Italic.otf",
    "urw-base35/C059-Roman.otf", "urw-base35/P052-Roman.otf", "urw-base35/P052-Italic.otf", "urw-base35/URWBookman-Light.otf"]
# their near relatives (Nimbus Sans and Free Sans slanted, Nimbus Roman and Free Serif bold) are not trained either
HELD_OUT_FONTS = ["dejavu/DejaVuSansCondensed.ttf", "liberation2/LiberationSerif-Bold.ttf", "liberation2/LiberationSans-Italic.ttf"]
_fonts = {}


def font(name, size):
    if (name, size) not in _fonts:
        _fonts[name, size] = ImageFont.truetype(os.path.join(_FOLDERS[name[-4:]], name), size)
    return _fonts[name, size]


class Canvas:
    def __init__(self, width, height, paper=(255, 255, 255)):
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.characters = []  # (character class, x, y) of each centre
        self.runs = []  # (text, centres of all its characters) of each piece of text, in drawing order
        self.kind = ""  # "bar chart", "table" ... of a drawing that is more than text

    def text(self, xy, s, ink, f, anchor="la"):
        self.draw.text(xy, s, fill=ink, font=f, anchor=anchor)
        left, _, _, _ = f.getbbox(s, anchor=anchor)
        _, top, _, bottom = f.getbbox("Hx", anchor=anchor[0] + anchor[1])
        y = xy[1] + (top + bottom) / 2
        ends = [f.getlength(s[:i]) for i in range(len(s) + 1)]
        at = [(xy[0] + left + (a + b) / 2, y) for a, b in zip(ends, ends[1:])]
        self.runs.append((s, at))
        self.characters += [(k, *at[i]) for i, c in enumerate(s) if (k := CHARACTERS.find(c) + 1) > 0]

    def photograph(self, r, g):
        """As a camera sees paper: a slight turn, uneven light, blur, grain."""
        w, h = self.image.size
        angle = r.uniform(-2.5, 2.5)
        paper = self.image.getpixel((1, 1))
        self.image = self.image.rotate(angle, Image.BILINEAR, fillcolor=paper)
        a = math.radians(angle)
        turn = lambda x, y: (w / 2 + (x - w / 2) * math.cos(a) + (y - h / 2) * math.sin(a), h / 2 - (x - w / 2) * math.sin(a) + (y - h / 2) * math.cos(a))
        self.characters = [(k, *turn(x, y)) for k, x, y in self.characters]
        self.runs = [(s, [turn(x, y) for x, y in at]) for s, at in self.runs]
        if r.random() < 0.6:
            self.image = self.image.filter(ImageFilter.GaussianBlur(r.uniform(0.2, 0.9)))
        x = np.asarray(self.image, np.float32)
        light = np.add.outer(np.linspace(r.uniform(-25, 0), r.uniform(-25, 0), h), np.linspace(r.uniform(-25, 0), r.uniform(-25, 0), w))
        x = x * r.uniform(0.8, 1.0) + light[..., None] + g.normal(0, r.uniform(0, 8), (h, w, 1))
        self.image = Image.fromarray(np.clip(x, 0, 255).astype(np.uint8))
        self.draw = ImageDraw.Draw(self.image)


def plan(w, h, most):
    """Columns and rows of crops for an image of w x h."""
    columns, rows = math.ceil(w / CROP), math.ceil(h / CROP)
    if columns * rows <= most:
        return columns, rows
    best, difference = (1, 1), float("inf")
    pairs = [(i, j) for i in range(1, most + 1) for j in range(1, most + 1) if i * j <= most]
    for i, j in sorted(pairs, key=lambda p: p[0] * p[1]):
        d = abs(w / h - i / j)
        if d < difference or (d == difference and w * h > 0.5 * CROP * CROP * i * j):
            best, difference = (i, j), d
    return best


class Layout:
    """Where a picture's characters fall in the token sequence: crop grid (rows, columns), patch masks, cells, token count."""

    def __init__(self, canvas, most=6):
        w, h = self.size = canvas.image.size
        self.runs, self.kind = canvas.runs, canvas.kind
        columns, rows = plan(w, h, most)
        self.grid, self.target = (rows, columns), (columns * CROP, rows * CROP)
        tw, th = self.target
        nw, nh = self.scaled = (tw, int(h * tw / w)) if tw / w < th / h else (int(w * th / h), th)
        side, s = CROP // PATCH, CROP // TOKEN
        mask = np.ones((side * rows, side * columns), bool)
        if (tw - nw) // PATCH:
            mask[:, -((tw - nw) // PATCH):] = False
        if (th - nh) // PATCH:
            mask[-((th - nh) // PATCH):] = False
        cut = mask.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(-1, side, side)
        self.masks = np.concatenate([np.ones((1, side, side), bool), cut])
        kept = mask[::2, ::2]
        self.kept = int(kept[:, 0].sum()), int(kept[0].sum())  # token rows and columns that stay
        self.tokens = self.kept[0] * (self.kept[1] + 1) + 1 + s * (s + 1)
        self.cells = np.zeros((rows * s, columns * s, 8), np.int64)  # 2 x 4 cells of 14 x 7 pixels; 0: no character's centre
        for k, x, y in canvas.characters:
            x, y = x * nw / w, y * nh / h
            i, j = int(y // TOKEN), int(x // TOKEN)
            if 0 <= i < rows * s and 0 <= j < columns * s:
                self.cells[i, j, int(y % TOKEN // PATCH) * 4 + int(x % TOKEN // (TOKEN / 4))] = k


class Page(Layout):
    """A drawing as it enters the model: paper [rows * crop, columns * crop, 3] of 8 bit, crop_cells [n, s, s, 8]."""

    def __init__(self, canvas, most=6):
        super().__init__(canvas, most)
        (rows, columns), s = self.grid, CROP // TOKEN
        picture = canvas.image if self.scaled == canvas.image.size else canvas.image.resize(self.scaled, Image.BILINEAR)
        paper = Image.new("RGB", self.target, (255, 255, 255))
        paper.paste(picture, (0, 0))
        self.paper = np.array(paper)
        self.crop_cells = self.cells.reshape(rows, s, columns, s, 8).swapaxes(1, 2).reshape(-1, s, s, 8)


def crops(paper, rows, columns):
    """Paper tensor -> pixels [1 + n, 3, crop, crop] in -1..1: the global view first, then the crops row by row."""
    a = paper.permute(2, 0, 1).float() / 127.5 - 1
    whole = a if (rows, columns) == (1, 1) else torch.nn.functional.interpolate(a[None], (CROP, CROP), mode="bicubic", align_corners=False)[0]
    return torch.cat([whole[None], a.reshape(3, rows, CROP, columns, CROP).permute(1, 3, 0, 2, 4).reshape(-1, 3, CROP, CROP)])
