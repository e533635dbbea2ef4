# SPDX-License-Identifier: MIT
"""Drawn pictures with exact questions and answers: bar, line and pie charts, tables, printed text."""
import math

import numpy as np

import canvas
import grammar
import tasks
from canvas import Canvas, font

COLORS = [(31, 119, 180), (255, 127, 14), (44, 160, 44), (214, 39, 40), (148, 103, 189), (140, 86, 75), (227, 119, 194), (110, 110, 110), (188, 189, 34), (23, 190, 207)]
PAPERS = [(255, 255, 255)] * 4 + [(245, 245, 250), (250, 248, 240), (238, 246, 240)]
NOUNS = [("bar", "bar chart"), ("bar", "bar chart"), ("point", "line chart"), ("slice", "pie chart"), ("row", "table")]  # what is asked about, in what
INKS = [(0, 0, 0), (0, 0, 0), (40, 40, 40), (20, 30, 70)]


class Style:
    """One look; level 0..1 opens the variety: one font and size at first, all of them at last."""

    def __init__(self, r, level=1.0, fold="train"):
        fonts = canvas.TRAIN_FONTS if fold == "train" else canvas.HELD_OUT_FONTS
        self.font = fonts[0] if level == 0 else r.choice(fonts[: max(1, round(level * len(fonts)))] if fold == "train" else fonts)
        self.size = 24 if level == 0 else r.randint(round(24 - 6 * level), round(24 + 5 * level))
        self.paper, self.ink = (r.choice(PAPERS), r.choice(INKS)) if level > 0.3 else (PAPERS[0], INKS[0])
        self.width, self.height = (448, 336) if level == 0 else (r.randint(448 - round(80 * level), 448), r.choice([280, 308, 336, 336]))
        if level > 0.6 and r.random() < 0.1:
            self.paper, self.ink = (28, 30, 38), (235, 235, 235)
        if fold == "train" and level > 0.6 and r.random() < 0.12:  # three columns of crops instead of two
            self.width, self.height = r.randint(449, 672), r.randint(336, 448)
        self.photo = level > 0.5 and r.random() < 0.2
        self.r = r

    def fit(self, text, room, size=None):
        """The style's font, smaller where `text` needs more than `room`."""
        size = size or self.size
        while size > 12 and font(self.font, size).getlength(text) > room:
            size -= 1
        return font(self.font, size)


def _colors(r, n):
    return r.sample(COLORS, n) if r.random() < 0.4 else [r.choice(COLORS)] * n


def bars(r, st, title, labels, values):
    page = Canvas(st.width, st.height, st.paper)
    left, right, top, bottom = r.randint(8, 30), st.width - 8, 78, st.height - 40
    page.text((st.width / 2, 6), title, st.ink, st.fit(title, st.width - 16), "mt")
    page.draw.line((left, bottom, right, bottom), fill=st.ink, width=2)
    if r.random() < 0.4:
        page.draw.line((left, top - 16, left, bottom), fill=st.ink, width=2)
    step, most = (right - left) / len(labels), max(values)
    small = min(st.fit(x, step - 5).size for x in labels)
    colors, part = _colors(r, len(labels)), r.uniform(0.45, 0.8)
    for i, (label, v) in enumerate(zip(labels, values)):
        x = left + step * (i + 0.5)
        y = bottom - (bottom - top) * v / most
        page.draw.rectangle((x - step * part / 2, y, x + step * part / 2, bottom), fill=colors[i])
        page.text((x, y - 4), str(v), st.ink, st.fit(str(v), step - 4), "mb")
        page.text((x, bottom + 8), label, st.ink, font(st.font, small), "mt")
    return page


def lines(r, st, title, labels, values):
    page = Canvas(st.width, st.height, st.paper)
    left, right, top, bottom = r.randint(8, 30), st.width - 8, 88, st.height - 44
    page.text((st.width / 2, 6), title, st.ink, st.fit(title, st.width - 16), "mt")
    page.draw.line((left, bottom, right, bottom), fill=st.ink, width=2)
    step, most, color = (right - left) / len(labels), max(values), r.choice(COLORS)
    small = min(st.fit(x, step - 5).size for x in labels)
    points = [(left + step * (i + 0.5), bottom - (bottom - top) * v / most) for i, v in enumerate(values)]
    page.draw.line(points, fill=color, width=r.randint(2, 4))
    for (x, y), label, v in zip(points, labels, values):
        page.draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=color)
        page.text((x, y - 8), str(v), st.ink, st.fit(str(v), step - 4), "mb")
        page.text((x, bottom + 10), label, st.ink, font(st.font, small), "mt")
    return page


def pie(r, st, title, labels, values):
    """Slices with a legend on the right that carries the labels and values."""
    page = Canvas(st.width, st.height, st.paper)
    page.text((st.width / 2, 6), title, st.ink, st.fit(title, st.width - 16), "mt")
    d = min(st.height - 60, st.width * 0.45)
    box, angle, colors = (10, 46, 10 + d, 46 + d), -90.0, r.sample(COLORS, len(values))
    for v, color in zip(values, colors):
        sweep = 360.0 * v / sum(values)
        page.draw.pieslice(box, angle, angle + sweep, fill=color, outline=st.paper)
        angle += sweep
    x, pitch = 24 + d, (st.height - 56) / len(labels)
    for i, (label, v) in enumerate(zip(labels, values)):
        y = 50 + pitch * (i + 0.5)
        page.draw.rectangle((x, y - 8, x + 16, y + 8), fill=colors[i])
        f = st.fit(f"{label} {v}", st.width - x - 34)
        page.text((x + 24, y), f"{label} {v}", st.ink, f, "lm")
    return page


def table(r, st, title, labels, values):
    page = Canvas(st.width, min(st.height, 40 * (len(labels) + 1) + 10), st.paper)
    h = page.image.size[1]
    pitch, middle, line = (h - 10) / (len(labels) + 1), st.width * r.uniform(0.5, 0.65), (140, 140, 140)
    for i, (a, b) in enumerate([("Name", title)] + [(a, str(b)) for a, b in zip(labels, values)]):
        y = 5 + pitch * i
        if i == 0 and st.paper[0] > 128:
            page.draw.rectangle((5, y, st.width - 5, y + pitch), fill=(222, 230, 242))
        page.draw.rectangle((5, y, st.width - 5, y + pitch), outline=line)
        page.text((16, y + pitch / 2), a, st.ink, st.fit(a, middle - 24), "lm")
        page.text((st.width - 16, y + pitch / 2), b, st.ink, st.fit(b, st.width - middle - 24), "rm")
    page.draw.line((middle, 5, middle, h - 5), fill=line)
    return page


def wrap(text, f, room):
    out = [""]
    for word in text.split():
        longer = (out[-1] + " " + word).strip()
        if f.getlength(longer) > room and out[-1]:
            out.append(word)
        else:
            out[-1] = longer
    return out


def printed(r, st, text):
    """Lines of text; returns the page and the lines as they stand on it."""
    f, room = font(st.font, st.size), st.width - 24
    shown = wrap(text, f, room)
    pitch = max(canvas.TOKEN, st.size * r.uniform(1.25, 1.6))  # at most one line in a row of tokens
    height = max(56, int(pitch * len(shown) + r.uniform(16, 40)))
    page = Canvas(st.width, height, st.paper)
    x, y = r.uniform(6, 14), r.uniform(6, max(7, height - pitch * len(shown) - 4))
    for i, s in enumerate(shown):
        page.text((x, y + pitch * i), s, st.ink, f, "la")
    return page, shown


def crowded(r, level=1.0):
    """A page full of words for the tower's first lesson: many labels for each picture."""
    st = Style(r, level)
    # as other pictures: narrower than the crops and enlarged to them, so that print is larger and softer; lower, and the places of patches stretched
    tall = min(st.width, 448)
    page, y = Canvas(st.width, tall if level == 0 or r.random() < 0.4 else r.randint(56, tall), st.paper), r.uniform(2, 14)
    while y < page.image.size[1] - 8:
        own = level == 0 or r.random() < 0.7
        size = st.size if own else r.randint(round(24 - 10 * level), round(24 + 10 * level))
        f = font(st.font if own else r.choice(canvas.TRAIN_FONTS), size)
        k = r.random()
        if k < 0.35:
            s = grammar.sentence(r).en
        elif k < 0.95:  # what charts and tables hold, as far apart as there
            part = [lambda: str(r.randint(1, r.choice([99, 500]))), lambda: r.choice(r.choice(tasks.GROUPS)), lambda: r.choice(tasks.TITLES)]
            s = (" " * r.randint(3, 6)).join(r.choice(part)() for _ in range(6))
        else:
            s = "  ".join("".join(r.choice(canvas.CHARACTERS) for _ in range(r.randint(1, 2))) for _ in range(9))  # no more pieces than places
        begin = r.uniform(2, 20) if r.random() < 0.7 else r.uniform(-250, 0)  # the ends of sentences are to be seen as often as their beginnings
        page.text((begin, y), s, st.ink, f, "la")
        y += max(canvas.TOKEN, size * r.uniform(1.15, 1.7))
    return finished(page, st)


DRAWN = [bars, bars, lines, pie, table]  # beside NOUNS


def drawn(at, *words):
    page = DRAWN[at](*words)
    page.kind = NOUNS[at][1]
    return page


def finished(page, st):
    if st.photo:
        page.photograph(st.r, np.random.default_rng(st.r.randrange(1 << 30)))
    return page


def page_of_text(r, st, fold):
    while True:
        s = grammar.sentence(r, fold, fixed_too=fold == "train")
        if all(c in canvas.CHARACTERS + " " for c in s.en):
            return printed(r, st, s.en)


def picture(r, level=1.0, fold="train", most=6, describe=0.25):
    """-> canvas, question, answer, kind."""
    st = Style(r, level, fold)
    k = r.random()
    if k < 0.3:
        page, shown = page_of_text(r, st, fold)
        q, a, kind = r.choice(["Read the text.", "What text is shown in the image?", "What does it say?"]), " ".join(shown), "text"
    else:
        title, labels, values = tasks.series(r, most)
        at = int((k - 0.3) / 0.7 * 5)
        q, a, kind = tasks.ask(title, labels, values, r, *NOUNS[at], describe)
        page = drawn(at, r, st, title, labels, values)
    return finished(page, st), q, a, kind


def fitting(r, question, level=1.0, most=6):
    """A picture for training that `question` (`tasks.wish`) can be asked about -> canvas, answer. What is said aloud cannot be chosen to fit a picture:
    recordings are few, pictures are not."""
    st, (kind, label) = Style(r, level), tasks.wish(question)
    if kind == "text":
        page, shown = page_of_text(r, st, "train")
        return finished(page, st), " ".join(shown)
    named = next((n for n, _ in NOUNS if f"Which {n} " in question), "row" if "table" in question else None)
    at = r.choice([k for k, (noun, _) in enumerate(NOUNS) if named in (noun, None) and not ("chart" in question and noun == "row")])
    title, labels, values = tasks.series(r, most, label=label)
    page = drawn(at, r, st, title, labels, values)
    return finished(page, st), tasks.answer(kind, label and labels.index(label), title, labels, values, NOUNS[at][1])
