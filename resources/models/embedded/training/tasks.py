# SPDX-License-Identifier: MIT
"""What is asked and what is right: prompts of the model card, answers from the grammar, as token rows.

A row is (prompt ids, answer ids, begin, end): begin..end are the places of heard or seen rows inside the prompt. While the
base model is trained there is no sound yet; `heard` writes the words themselves there, thinned with blanks as an audio
encoder would deliver them. The base so learns to transcribe, translate and summarize from that form, and the encoder is later
aligned to it (model.alignment_loss): the adapters then have little left to learn.
"""
import json
import re

import chat
import grammar
import lexicon as lx

TRANSCRIBE = ["Transcribe the audio clip into text.", "Transcribe the audio clip into text.", "Transcribe the audio to text."]
TRANSLATE = "Translate the audio to {}."
BOTH = "Transcribe the audio to text, and then translate the audio to {}. Use <sep> as a separator between the original transcript and the translation."
SUMMARIZE = ["Summarize the audio.", "Summarize the decisions and action items in the audio.", "Summarize in bullet points the key decisions.", "Summarize the meeting."]
TYPED_TRANSLATE = ["Translate to {}: ", "Translate the text to {}: "]
TYPED_SUMMARY = ["Summarize: ", "Summarize the text: ", "Summarize the decisions and action items: "]
ADD_TO_SYSTEM = 0.3
ALOUD = 0.3  # share of the questions about pictures that are heard


class Prompts:
    """Token sequences of the chat format."""

    def __init__(self, tokenizer):
        self.t, self.s = tokenizer, tokenizer.special

    def row(self, slot, text, answer, system=None, marks=None):
        """slot: ids in front of the typed text; marks: special tokens around the answer."""
        s, e = self.s, self.t.encode
        head = [s["<|system|>"], *e(system), s["<|end|>"]] if system else []
        begin = len(head) + 1
        ids = [*head, s["<|user|>"], *slot, *e(text), s["<|end|>"], s["<|assistant|>"]]
        body = e(answer) if marks is None else [s[marks[0]], *e(answer), s[marks[1]]]
        return ids, body + [s["<|end|>"]], begin, begin + len(slot)

    def tool_row(self, question, answer):
        s, e = self.s, self.t.encode
        head = [s["<|system|>"], *e(chat.TOOL_SYSTEM), s["<|tool|>"], *e(json.dumps(chat.CALCULATOR)), s["<|/tool|>"], s["<|end|>"]]
        ids = [*head, s["<|user|>"], *e(question), s["<|end|>"], s["<|assistant|>"]]
        return ids, [s["<|tool_call|>"], *e(answer), s["<|/tool_call|>"], s["<|end|>"]], 0, 0


def heard(p, text, r, spread=None):
    """The words as the audio encoder will deliver them: tokens apart, blanks between, some wrong or lost."""
    blank = p.s["<|endoftext11|>"]
    tokens, wrong = p.t.encode(text), r.choice([0.0, 0.0, 0.03, 0.08])
    spread = spread or r.uniform(2.0, 4.5)
    out = [blank] * r.randint(0, 6)
    for t in tokens:
        k = r.random()
        if k < wrong:
            if k < wrong / 3:
                continue
            t = r.randrange(p.t.ranks)
        out += [t] * (2 if r.random() < 0.1 else 1)
        out += [blank] * max(0, int(r.expovariate(1.0) * (spread - 1) + 0.5))
    return out + [blank] * r.randint(1, 6)


def asked(p, question, r, aloud=ALOUD):
    """A question about a picture, heard or typed -> (rows behind the picture's, text)."""
    return (heard(p, question, r), "") if r.random() < aloud else ([], question)


def spoken_task(en, others, sentences, r, translate=0.4, summarize=0.55):
    """(prompt, answer) for a clip with the words `en`; others: {'de': ...}; sentences: the passage's parts."""
    k = r.random()
    if len(sentences) > 1 and k < summarize:
        return r.choice(SUMMARIZE), grammar.summary(sentences)
    if k > 1 - translate:
        name = r.choice(list(grammar.LANGUAGES))
        other = others[grammar.LANGUAGES[name]]
        if r.random() < 0.3:
            return BOTH.format(name), (f"{en} <sep> {other}" if en else "")
        return TRANSLATE.format(name), other
    return r.choice(TRANSCRIBE), en


def joined(sentences):
    return " ".join(s.en for s in sentences), {c: " ".join(getattr(s, c) for s in sentences) for c in grammar.LANGUAGES.values()}


def copy_row(p, r):
    """Plain copying of unrelated words. A small decoder discovers late that it can look back and copy; until then it guesses
    likely sentences. Rows that allow no guess bring the discovery forward (training/README.md, pitfalls)."""
    pool = [lambda: r.choice(lx.NAMES), lambda: str(r.randint(0, 999)), lambda: r.choice(lx.DOCUMENTS)[0], lambda: r.choice(lx.CITIES)[0],
            lambda: r.choice(lx.VERBS)[0], lambda: r.choice(lx.ITEMS)[0], lambda: r.choice(lx.MONTHS)[0]]
    text = " ".join(r.choice(pool)() for _ in range(r.randint(3, 10)))
    return p.row(heard(p, text, r, r.uniform(1.0, 1.6)), r.choice(TRANSCRIBE), text)


def base_row(p, r, easy=False):
    """One text-only training row of the base model; easy: mostly copying."""
    if r.random() < (0.5 if easy else 0.04):
        return copy_row(p, r)
    k = r.random()
    if k < 0.34:
        s = [grammar.sentence(r)]
        en, others = joined(s)
        return p.row(heard(p, en, r), *spoken_task(en, others, s, r, 0.55))
    if k < 0.44:
        s = [grammar.sentence(r) for _ in range(r.randint(2, 5))]
        en, others = joined(s)
        return p.row(heard(p, en, r, r.uniform(2.0, 3.5)), *spoken_task(en, others, s, r, 0.25))
    if k < 0.47:
        blank = p.s["<|endoftext11|>"]
        slot = [blank if r.random() > 0.03 else r.randrange(p.t.ranks) for _ in range(r.randint(3, 70))]
        return p.row(slot, *spoken_task("", dict(de="", es="", fr=""), [], r))
    if k < 0.52:
        q, a = chat.about(r)
        return p.row(heard(p, q, r), "", a)
    if k < 0.66:
        s, name = grammar.sentence(r), r.choice(list(grammar.LANGUAGES))
        return p.row([], r.choice(TYPED_TRANSLATE).format(name) + s.en, getattr(s, grammar.LANGUAGES[name]))
    if k < 0.72:
        s = [grammar.sentence(r) for _ in range(r.randint(2, 5))]
        return p.row([], r.choice(TYPED_SUMMARY) + joined(s)[0], grammar.summary(s))
    if k < 0.78:
        return p.tool_row(*chat.tool_call(r))
    if k < 0.88:
        reading, q, a = series_question(r)
        return p.row([], f"{reading} {q}", a)
    q, a = r.choice([chat.about, chat.about, chat.about, chat.refusal, chat.next_in_order])(r)
    return p.row([], q, a, chat.SYSTEM if r.random() < ADD_TO_SYSTEM else None)


# ---- questions about a series of labels and values: the same for charts, tables and typed text ----
GROUPS = [[m[0][:3] for m in lx.MONTHS], [m[0] for m in lx.MONTHS], [d[0][:3] for d in lx.WEEKDAYS], [d[0] for d in lx.WEEKDAYS], lx.QUARTERS,
          [str(y) for y in range(2019, 2030)], [x[0] for x in lx.REGIONS], [c[0] for c in lx.CITIES], lx.LETTERS,
          [x[0] for x in lx.COLORS], [i[0].capitalize() for i in lx.ITEMS], lx.NAMES]
TITLES = [m[0] for m in lx.METRICS] + ["Budget", "Visitors", "Hours", "Members", "Points", "Calls"]


def series(r, most=6, high=None, label=None):
    """title, labels, values: values differ, so that highest and lowest are unique. One of the labels is `label`, if given."""
    n = r.randint(2, most)
    group = r.choice([g for g in GROUPS if (len(g) >= n if label is None else label in g)])
    n = min(n, len(group))
    if r.random() < 0.5:
        at = r.randrange(len(group) - n + 1) if label is None else min(max(group.index(label) - r.randrange(n), 0), len(group) - n)
        labels = group[at:at + n]
    elif label is None:
        labels = r.sample(group, n)
    else:
        labels = r.sample([x for x in group if x != label], n - 1)
        labels.insert(r.randrange(n), label)
    high = high or r.choice([20, 50, 100, 100, 500])
    values = r.sample(range(max(1, high // 12), high + 1), n)
    if r.random() < 0.2:
        values.sort(reverse=r.random() < 0.5)
    return r.choice(TITLES), labels, values


def trend(values):
    if all(a < b for a, b in zip(values, values[1:])):
        return "rising"
    if all(a > b for a, b in zip(values, values[1:])):
        return "falling"
    return "mixed"


def reading(labels, values, kind=None):
    """Every label and value in order. Where the question takes comparing, each value that is higher (lower) than all before it is
    marked so, or for a trend than the one before it: comparing two at a time is learned, finding the highest of all at once is not."""
    out = []
    for k, (label, v) in enumerate(zip(labels, values)):
        before = values[:k] if kind in ("highest", "lowest") else values[k - 1:k] if kind == "trend" else []
        up, down = before and v > max(before) and kind != "lowest", before and v < min(before) and kind != "highest"
        out.append(f"{label} {v}" + (" (up)" if up else " (down)" if down else ""))
    return ", ".join(out) + "."


def answer(kind, at, title, labels, values, what="bar chart", read_first=True):
    """The right answer to a question of that kind (`wish`); at: of the label that is asked for."""
    if kind == "describe":
        return f"A {what} of {title.lower()}: {reading(labels, values)}"
    if kind == "trend":
        end = f"The trend is {trend(values)}."
    elif kind == "value":
        end = f"{labels[at]} is {values[at]}."
    else:
        at = values.index(max(values) if kind == "highest" else min(values))
        end = f"The {kind} is {labels[at]} with {values[at]}."
    return f"{reading(labels, values, kind)} {end}" if read_first or kind != "value" else end


def ask(title, labels, values, r, noun="bar", what="bar chart", describe=0.2, read_first=True):
    """(question, answer, kind). The answer first reads every label and value, then concludes: a small model answers
    reliably only when its answer is also a full reading."""
    k, at = r.random() * (1 - describe) if r.random() > describe else 1.0, None
    if k < 0.2:
        kind, q = "highest", r.choice([f"Which {noun} is the highest?", f"Which {noun} has the largest value?"])
    elif k < 0.34:
        kind, q = "lowest", r.choice([f"Which {noun} is the lowest?", f"Which {noun} has the smallest value?"])
    elif k < 0.44:
        kind, q = "trend", "What is the trend?"
    elif k <= 1 - describe:
        kind, at = "value", r.randrange(len(labels))
        q = r.choice([f"What is the value of {labels[at]}?", f"How much is {labels[at]}?"])
    else:
        kind, q = "describe", r.choice([f"Describe the {'table' if noun == 'row' else 'chart'}.", "Describe the image.", "What is shown in this image?"])
    return q, answer(kind, at, title, labels, values, what, read_first), kind


def wish(question):
    """(kind, label) of a question about a picture; the kind is None where a text is no such question."""
    if m := re.fullmatch(r"(?:What is the value of|How much is) (.+)\?", question):
        return "value", m[1]
    if m := re.fullmatch(r"Which \w+ (?:is|has) the (highest|largest|lowest|smallest)(?: value)?\?", question):
        return "highest" if m[1] in ("highest", "largest") else "lowest", None
    return {"What is the trend?": "trend", "Read the text.": "text", "Describe the chart.": "describe", "Describe the table.": "describe"}.get(question), None


def series_question(r):
    title, labels, values = series(r)
    reading = f"{title}: " + ", ".join(f"{a} {b}" for a, b in zip(labels, values)) + "."
    q, a, _ = ask(title, labels, values, r, describe=0.05, read_first=r.random() < 0.5)
    return reading, q, a


def tokenizer_lines(r, count=8000):
    """Texts the vocabulary is learned from; English twice, since every answer and every heard token is English first."""
    out = []
    for _ in range(count):
        s = grammar.sentence(r)
        out += [s.en, s.en, s.de, s.es, s.fr]
    for q, a in chat.ABOUT:
        out += 10 * (q.split(";") + 3 * [a])
    out += 10 * chat.OUTSIDE + 100 * [chat.REFUSAL] + 300 * TRANSCRIBE + 100 * SUMMARIZE
    for n in grammar.LANGUAGES:
        out += 100 * [TRANSLATE.format(n), BOTH.format(n)] + 50 * [t.format(n) for t in TYPED_TRANSLATE]
    for _ in range(count // 2):
        reading, q, a = series_question(r)
        out += [reading, q, a]
    out += [x for _ in range(200) for x in chat.tool_call(r)] + 100 * [str(chat.CALCULATOR)]
    return out
