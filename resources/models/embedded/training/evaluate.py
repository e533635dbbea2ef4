# SPDX-License-Identifier: MIT
"""Scores of a run on the held-out suite: sentences, voices and styles that training code refuses.

usage: evaluate.py WORK RUN [COUNT] [parts=hear,speech,tasks,empty,text,pages,images]
Greedy answers, one unpadded clip at a time, float32, running-average weights. `hear` scores the encoder alone (alignment
labels read off greedily), long before the adapters can answer; `pages` what the decoder would answer to pictures if the tower
were perfect.
"""
import json
import os
import random
import sys

import numpy as np
import torch

import canvas
import charts
import chat
import features
import grammar
import seen
import sounds
import tasks
from corpus import Corpus
from train import load_weights, open_run


def words(s):
    return "".join(c.lower() if c.isalnum() else " " for c in s).split()


def edits(a, b):
    d = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, d[0] = d[0], i
        for j, y in enumerate(b, 1):
            before, d[j] = d[j], min(d[j] + 1, d[j - 1] + 1, before + (x != y))
    return d[-1]


class Scorer:
    """Answers of a model; `work` holds the shards that sound is scored on."""

    def __init__(self, model, prompts, work=None):
        torch.set_num_threads(1)
        self.work, self.model, self.p = work, model.eval(), prompts

    @classmethod
    def of_run(cls, work, run):
        model, prompts, state = open_run(run)
        load_weights(model, state.get("average", {}))
        return cls(model, prompts, work)

    def answer(self, row, mode, mel=None, limit=120):
        ids = torch.tensor([row[0]])
        with torch.no_grad():
            if mel is None:
                rows = self.model.embed(ids)
            else:
                audio, _ = self.model.encode_audio(torch.from_numpy(mel)[None], torch.tensor([len(mel)]))
                rows = self.model.embed(ids, self.p.s["<|endoftext11|>"], audio[0])
            return self.p.t.decode(self.model.generate(rows, mode, limit))

    def listen(self, mel, prompt):
        slot = [self.p.s["<|endoftext11|>"]] * -(-len(mel) // 8)
        return self.answer(self.p.row(slot, prompt, ""), "speech", mel)

    def read_labels(self, mel):
        """The words of the encoder alone."""
        with torch.no_grad():
            rows, _ = self.model.encode_audio(torch.from_numpy(mel)[None], torch.tensor([len(mel)]))
            best = (rows[0] @ self.model.model.embed_tokens.weight.T).argmax(-1).tolist()
        blank = self.p.s["<|endoftext11|>"]
        return self.p.t.decode([t for k, t in enumerate(best) if t != blank and (k == 0 or t != best[k - 1])])

    def look(self, page, question, mode="vision", mel=None):
        """mel: of a question that is asked aloud; `question` is then empty."""
        c, seen_at, heard_at = canvas.Page(page), self.p.s["<|endoftext10|>"], self.p.s["<|endoftext11|>"]
        with torch.no_grad():
            rows, _, _ = self.model.image_rows([canvas.crops(torch.from_numpy(c.paper), *c.grid)], [torch.from_numpy(c.masks)], [c.grid])
            slot = [seen_at] * c.tokens + [heard_at] * (0 if mel is None else -(-len(mel) // 8))
            ids = torch.tensor([self.p.row(slot, question, "")[0]])
            x = self.model.embed(ids, seen_at, rows)
            if mel is not None:
                audio, _ = self.model.encode_audio(torch.from_numpy(mel)[None], torch.tensor([len(mel)]))
                x[ids == heard_at] = audio[0]
            return self.p.t.decode(self.model.generate(x, mode))

    def read(self, page, question, mode="vision"):
        """As `look`, with what a perfect tower delivers."""
        row = self.p.row(seen.sequence(self.p, canvas.Layout(page)).tolist(), question, "")
        return self.answer(row, mode)


def wer(s, split, count, how, show=4):
    c = Corpus(os.path.join(s.work, "speech"), split)
    wrong = total = exact = 0
    by = {}
    for k in range(min(count, len(c.clips))):
        e = c.clips[k][1]
        text = how(c.mel(k))
        n, m = edits(words(e["en"]), words(text)), len(words(e["en"]))
        wrong, total, exact = wrong + n, total + m, exact + (text == e["en"])
        b = by.setdefault(e["voice"].split("+")[0] if e["voice"][0] != "e" else "espeak", [0, 0])
        b[0] += n
        b[1] += m
        if k < show:
            print(f"  [{e['voice']}] {e['en']} -> {text}", flush=True)
    return dict(wer=round(100 * wrong / total, 2), exact=round(100 * exact / count, 1), by={k: round(100 * v[0] / v[1], 1) for k, v in by.items()})


def translations(s, count):
    c = Corpus(os.path.join(s.work, "speech"), "seen")
    names, exact, wrong, total = list(grammar.LANGUAGES), 0, 0, 0
    for k in range(count):
        e, name = c.clips[k][1], names[k % 3]
        text = s.listen(c.mel(k), tasks.TRANSLATE.format(name))
        right = e[grammar.LANGUAGES[name]]
        exact += text == right
        wrong, total = wrong + edits(words(right), words(text)), total + len(words(right))
    return dict(exact=round(100 * exact / count, 1), wer=round(100 * wrong / total, 2))


def facts(summary):
    return {tuple(words(x)) for x in summary.replace("Decision:", "\n").replace("Action:", "\n").split("\n") if words(x)}


def summaries(s, count):
    c, found, wanted, invented, said = Corpus(os.path.join(s.work, "speech"), "seen"), 0, 0, 0, 0
    for k in range(count):
        picked = range(8 * k % (len(c.clips) - 8), 8 * k % (len(c.clips) - 8) + 4)
        mel = np.concatenate([x for i in picked for x in (c.mel(i), np.zeros((20, 80), np.float32))][:-1])
        es = [c.clips[i][1] for i in picked]
        right = facts(grammar.summary([grammar.Sentence(e["en"], "", "", "", e["kind"]) for e in es]))
        got = facts(s.listen(mel, tasks.SUMMARIZE[0]))
        found, wanted, invented, said = found + len(right & got), wanted + len(right), invented + len(got - right), said + len(got)
    return dict(found=round(100 * found / max(1, wanted), 1), invented=round(100 * invented / max(1, said), 1))


def silence(s, minutes):
    g, seconds, invented, clips = np.random.default_rng(4711), 0.0, 0, 0
    while seconds < 60 * minutes:
        x = sounds.empty(g)
        seconds += len(x) / features.RATE
        text = s.listen(features.from_bytes(features.to_bytes(features.log_mel(x))), tasks.TRANSCRIBE[0])
        invented, clips = invented + len(words(text)), clips + 1
    return dict(minutes=round(seconds / 60, 1), clips=clips, invented_words=invented)


def typed(s, count):
    r, right = random.Random(4712), {}
    for k in range(count):
        sentence, name = grammar.sentence(r, "test", False), list(grammar.LANGUAGES)[k % 3]
        reading, q, a = tasks.series_question(r)
        tool = chat.tool_call(r)
        passage = [grammar.sentence(r, "test", False) for _ in range(4)]
        en, _ = tasks.joined(passage)
        cases = dict(translate=(s.p.row([], tasks.TYPED_TRANSLATE[0].format(name) + sentence.en, ""), getattr(sentence, grammar.LANGUAGES[name])),
                     series=(s.p.row([], f"{reading} {q}", ""), a), about=(s.p.row([], (qa := chat.about(r))[0], ""), qa[1]),
                     refuse=(s.p.row([], chat.refusal(r)[0], ""), chat.REFUSAL), summary=(s.p.row([], tasks.TYPED_SUMMARY[0] + en, ""), grammar.summary(passage)),
                     tool=(s.p.tool_row(tool[0], ""), "<|tool_call|>" + tool[1] + "<|/tool_call|>"),
                     heard=(s.p.row(tasks.heard(s.p, sentence.en, random.Random(k), 3.0), tasks.TRANSLATE.format(name), ""), getattr(sentence, grammar.LANGUAGES[name])))
        for kind, (row, wanted) in cases.items():
            got = s.answer(row, None)
            b = right.setdefault(kind, [0, 0])
            b[0] += got == wanted
            b[1] += 1
            if got != wanted and b[1] - b[0] <= 2:
                print(f"  {kind}: wanted {wanted} -> {got}", flush=True)
    return {k: f"{v[0]}/{v[1]}" for k, v in right.items()}


def pictures(count, answer, level=1.0):
    """Scores of `answer(page, question)` over held-out pictures."""
    r, right, wrong, total = random.Random(4713), {}, 0, 0
    for k in range(count):
        page, q, a, kind = charts.picture(r, level, "test")
        got = answer(page, q)
        if k < 6:
            print(f"  {kind}: {a} -> {got}", flush=True)
        if kind == "text":
            wrong, total = wrong + edits(a, got), total + len(a)
            continue
        last = lambda t: t.rstrip(".").split(". ")[-1]
        b = right.setdefault(kind, [0, 0])
        b[0] += last(got) == last(a)
        b[1] += 1
    return dict({k: f"{v[0]}/{v[1]}" for k, v in right.items()}, text_cer=round(100 * wrong / max(1, total), 1))


def main():
    work, run = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 and sys.argv[3].isdigit() else 60
    parts = [a[6:] for a in sys.argv if a.startswith("parts=")]
    parts = parts[0].split(",") if parts else ["hear", "speech", "tasks", "empty", "text", "pages", "images"]
    s, out = Scorer.of_run(work, run), {}
    for split in ("seen", "unseen", "noisy"):
        if "hear" in parts:
            out[f"encoder {split}"] = wer(s, split, count, s.read_labels)
        if "speech" in parts:
            out[f"speech {split}"] = wer(s, split, count, lambda mel: s.listen(mel, tasks.TRANSCRIBE[0]))
    if "tasks" in parts:
        out["translation"], out["summary"] = translations(s, count), summaries(s, count // 3)
    if "empty" in parts:
        out["empty"] = silence(s, 10 if count >= 100 else 3)
    if "text" in parts:
        out["typed"] = typed(s, max(10, count // 4))
    if "pages" in parts:
        out["pages"] = pictures(count, s.read)
    if "images" in parts:
        out["images"] = pictures(count, s.look)
    for k, v in out.items():
        print(k, json.dumps(v), flush=True)
    with open(os.path.join(run, "scores.json"), "w") as f:
        json.dump(out, f, indent=1)


if __name__ == "__main__":
    main()
