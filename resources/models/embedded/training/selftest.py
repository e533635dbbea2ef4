# SPDX-License-Identifier: MIT
"""Quick checks of what training relies on and no curve would show; a minute on one core: python3 -m unittest selftest"""
import json
import math
import os
import pathlib
import random
import re
import tempfile
import unittest

import numpy as np
import torch

import canvas
import charts
import chat
import features
import grammar
import grow
import join
import lexicon as lx
import memory
import minutes
import packed
import seen
import speak
import stages
import tasks
import train
import voices
from corpus import SPARED, Corpus, pad
from model import PhialModel
from muon import orthogonal
from tokenizer import Tokenizer, learn

torch.set_num_threads(1)


def tokenizer():
    return Tokenizer(learn(tasks.tokenizer_lines(random.Random(7), 300), 700))


class Data(unittest.TestCase):
    def test_folds_are_disjoint_and_all_languages_filled(self):
        r = random.Random(1)
        train = {grammar.sentence(r, "train", False).en for _ in range(3000)}
        test = [grammar.sentence(r, "test", False) for _ in range(300)]
        self.assertFalse(train & {s.en for s in test})
        for s in test:
            self.assertTrue(s.de and s.es and s.fr and s.spoken)

    def test_held_out_voices_are_never_picked_for_training(self):
        r = random.Random(2)
        for _ in range(5000):
            self.assertFalse(voices.is_held_out(voices.pick(r, "train")))
        self.assertTrue(all(voices.is_held_out(voices.pick(r, "unseen")) for _ in range(200)))

    def test_domain_has_800_words(self):
        r = random.Random(3)
        text = " ".join(grammar.sentence(r).en for _ in range(20000)).lower()
        self.assertGreaterEqual(len({w for w in "".join(c if c.isalpha() or c == "'" else " " for c in text).split() if len(w) > 1}), 800)

    def test_numbers_are_spoken(self):
        self.assertEqual(speak.number(519), "five hundred nineteen")
        self.assertEqual([speak.ordinal(n) for n in (1, 12, 20, 23)], ["first", "twelfth", "twentieth", "twenty third"])
        self.assertEqual((speak.year(2005), speak.year(2024), speak.clock(3, 5)), ("two thousand five", "twenty twenty four", "three oh five"))

    def test_answers_to_series_are_true(self):
        r = random.Random(4)
        for _ in range(500):
            title, labels, values = tasks.series(r)
            _, a, kind = tasks.ask(title, labels, values, r)
            if kind == "highest":
                self.assertTrue(a.endswith(f"{labels[values.index(max(values))]} with {max(values)}."))
            if kind == "trend" and values == sorted(values):
                self.assertIn("rising", a)
        for _ in range(100):
            self.assertTrue(chat.answer_to(chat.ask(r)))

    def test_a_reading_marks_what_is_compared(self):
        marked = lambda kind: tasks.reading(["A", "B", "C", "D"], [20, 7, 31, 25], kind)
        self.assertEqual(marked("highest"), "A 20, B 7, C 31 (up), D 25.")
        self.assertEqual(marked("lowest"), "A 20, B 7 (down), C 31, D 25.")
        self.assertEqual(marked("trend"), "A 20, B 7 (down), C 31 (up), D 25 (down).")
        self.assertEqual(marked(None), "A 20, B 7, C 31, D 25.")

    def test_a_picture_is_found_for_whatever_is_asked_aloud(self):
        r, kinds = random.Random(12), set()
        for _ in range(300):
            q = grammar.chart_question(r).en
            kind, label = tasks.wish(q)
            page, a = charts.fitting(r, q)
            words = [text for text, _ in page.runs]
            kinds.add(kind)
            if kind == "value":
                self.assertTrue(any(label in w for w in words), q)
                self.assertIn(f" {label} is ", a)
            elif kind == "text":
                self.assertEqual(a, " ".join(words))
            elif kind == "describe":
                self.assertEqual(a.startswith("A table"), "table" in q)
            else:
                self.assertIn(f"The {kind} is ", a)
        self.assertEqual(kinds, {"value", "highest", "lowest", "trend", "text", "describe"})
        self.assertEqual(tasks.wish("The deadline is Monday."), (None, None))

    def test_every_label_of_a_chart_can_be_asked_for_aloud(self):
        r = random.Random(8)
        spoken = {grammar.chart_label(r)[0] for _ in range(20000)}
        self.assertFalse({x for group in tasks.GROUPS for x in group} - spoken)

    def test_answers_about_a_meeting_name_the_lines_that_say_so(self):
        r = random.Random(9)
        for _ in range(300):
            lines = minutes.meeting(r)
            said = {str(n): s.en for n, _, s in lines}
            of, text = minutes.asked_about(lines, r)
            answers = [minutes.answer(kind, lines) for kind in [*minutes.KINDS, "notes"]] + [text]
            for sentence, n in re.findall(r"([^\]\n]+) \[(\d+)\]", "\n".join(answers)):
                self.assertEqual(sentence.removeprefix("- ").strip(), said[n])
            for n, _, s in lines:
                self.assertEqual(f"- {s.en} [{n}]" in answers[list(minutes.KINDS).index("actions")], s.kind == "action" and not s.en.endswith("?"))

    def test_what_is_asked_about_a_meeting_is_what_the_program_asks(self):
        root = pathlib.Path(__file__).resolve().parents[4] / "app" / "meetings" / "pipeline"
        code = "".join((root / f).read_text() for f in ("summary_text.cpp", "meeting_question.cpp"))
        code = re.sub(r'"\s*\n\s*"', "", code).replace('\\"', '"').replace("\\n", "\n")
        for text in [*minutes.KINDS.values(), minutes.CITE, minutes.ONLY_WHAT_IS_HEARD, minutes.NOTES, *minutes.QUESTION.split("{}")]:
            self.assertTrue(text in code, text)

    def test_a_processor_gets_kernels_that_it_can_run(self):
        wide = {"avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl"}
        self.assertEqual(memory.kernels(wide)["OPENBLAS_CORETYPE"], "SkylakeX")
        self.assertEqual(memory.kernels(wide - {"avx512vl"}), dict(OPENBLAS_CORETYPE="Haswell"))
        self.assertEqual(memory.kernels({"sse2"}), {})

    def test_clips_that_say_a_number_are_drawn_more_often(self):
        corpus, r = Corpus(os.devnull, "train"), random.Random(3)
        corpus.clips = [(0, dict(en="Page 8." if k < 50 else "Good morning.", begin=0, end=10)) for k in range(100)]
        drawn = [i for _ in range(200) for i in corpus.pick(r, 16)]
        self.assertAlmostEqual(sum(i < 50 for i in drawn) / len(drawn), 1 / (2 - SPARED), delta=0.02)

    def test_log_mel_against_a_plain_transform(self):
        x = np.random.default_rng(5).uniform(-0.3, 0.3, 16000).astype(np.float32)
        frame = x[1600:2000].astype(np.float64)
        y = (frame - 0.97 * np.concatenate([frame[:1], frame[:-1]])) * 32768 * (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(400) / 399))
        power = [abs(sum(y * np.exp(-2j * math.pi * k * np.arange(400) / 512))) ** 2 for k in range(257)]
        want = np.log(np.maximum(np.array(power) @ features.BANK, 1))
        self.assertEqual(features.log_mel(x).shape, (98, 80))
        self.assertLess(np.abs(features.log_mel(x)[10] - want).max(), 1e-3)  # float32 against float64


class Text(unittest.TestCase):
    def test_tokenizer_round_trip_and_single_digits(self):
        t = tokenizer()
        r = random.Random(6)
        for _ in range(200):
            s = grammar.sentence(r)
            for text in (s.en, s.de, s.es, s.fr):
                self.assertEqual(t.decode(t.encode(text)), text)
        self.assertEqual(len(t.encode("2621930")), 7)
        self.assertFalse([p for p in t.piece if sum(48 <= b < 58 for b in p) > 1])
        with tempfile.TemporaryDirectory() as d:
            t.save(os.path.join(d, "t.json"))
            again = Tokenizer.load(os.path.join(d, "t.json"))
        self.assertEqual(again.encode("Wir müssen los."), t.encode("Wir müssen los."))
        self.assertEqual((t.special["<|endoftext|>"], t.special["<|end|>"], t.special["<|tag|>"]), (t.ranks + 1, t.ranks + 22, t.ranks + 30))


class Pictures(unittest.TestCase):
    def test_characters_lie_in_their_cells(self):
        page = canvas.Canvas(448, 336)
        page.text((100, 50), "A", (0, 0, 0), canvas.font(canvas.TRAIN_FONTS[0], 24), "mm")
        lay = canvas.Layout(page)
        self.assertEqual((lay.grid, lay.kept, lay.tokens), ((2, 2), (12, 16), 12 * 17 + 73))
        self.assertEqual(np.argwhere(lay.cells > 0).tolist(), [[1, 3, 4 + 2]])  # x 100 = 3 * 28 + 16, y 50 = 28 + 22


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(0)
        cls.p = tasks.Prompts(tokenizer())
        config = dict(decoder=dict(vocabulary=cls.p.t.size, width=64, layers=2, heads=2, kv_heads=1, inner=128, rank=4, alpha=8),
                      audio=dict(width=64, heads=2, inner=64, blocks=2, channels=8), vision=dict(width=64, heads=2, inner=128, layers=2, crop=224))
        cls.m = PhialModel(cls.p.s, config).eval()

    def test_clips_in_a_batch_are_as_if_alone(self):
        g = np.random.default_rng(7)
        a, b = (g.random((n, 80)).astype(np.float32) * 9 for n in (211, 333))
        with torch.no_grad():
            alone, n = self.m.encode_audio(torch.from_numpy(a)[None], torch.tensor([211]))
            batch, counts = self.m.encode_audio(*pad([a, b]))
        self.assertEqual(counts.tolist(), [27, 42])
        self.assertLess(float((batch[0, :27] - alone[0]).abs().max()), 1e-4)

    def test_cached_steps_equal_one_pass(self):
        x = torch.randn(1, 20, 64)
        with torch.no_grad():
            whole = self.m.model(x, "speech")
            caches = [[] for _ in self.m.model.layers]
            parts = [self.m.model(x[:, :12], "speech", caches, 0)] + [self.m.model(x[:, i:i + 1], "speech", caches, i) for i in range(12, 20)]
        self.assertLess(float((torch.cat(parts, 1) - whole).abs().max()), 1e-5)

    def test_sequence_has_one_entry_for_each_token(self):
        for size in ((448, 336), (300, 200), (430, 60), (224, 224), (700, 500)):
            lay = canvas.Layout(canvas.Canvas(*size))
            self.assertEqual(len(seen.sequence(self.p, lay)), lay.tokens)

    def test_the_global_view_tells_the_kinds_of_drawings_apart(self):
        r, kinds = random.Random(6), {}
        for _ in range(60):
            page = charts.picture(r)[0]
            ids = seen.sequence(self.p, canvas.Layout(page))
            kinds.setdefault(page.kind, set()).add(int(ids[-(seen.SPAN * (seen.SPAN + 1))]))
        self.assertEqual(set(kinds), {"", "bar chart", "line chart", "pie chart", "table"})
        self.assertEqual(len(set.union(*kinds.values())), 5)
        self.assertTrue(all(len(x) == 1 for x in kinds.values()))

    def test_words_stand_where_they_are_drawn(self):
        page, f = canvas.Canvas(448, 336), canvas.font(canvas.TRAIN_FONTS[0], 24)
        page.text((20, 20), "Monday 42", (0, 0, 0), f)
        page.text((190, 150), "Tuesday", (0, 0, 0), f)  # across the end of a crop at 224
        grid = seen.grid(self.p.t, canvas.Layout(page))
        rows = {int(i): [int(t) for t in grid[i] if t != seen.NOTHING] for i in np.flatnonzero((grid != seen.NOTHING).any(1))}
        self.assertEqual(list(rows), [1, 5])
        self.assertEqual(self.p.t.decode(rows[1]), " Monday42")  # a space alone leaves no ink
        self.assertEqual(self.p.t.decode(rows[5]), " Tue sday")  # three letters and four
        self.assertLessEqual(np.flatnonzero(grid[1] != seen.NOTHING).max(), 5)

    def test_what_runs_over_the_edge_of_the_paper_is_not_asked_for(self):
        page, f = canvas.Canvas(448, 100), canvas.font(canvas.TRAIN_FONTS[0], 24)
        page.text((330, 20), "Monday 42 Orders 17", (0, 0, 0), f)
        page.text((-90, 60), "Tuesday 31", (0, 0, 0), f)
        once, over = seen.grids(self.p.t, canvas.Layout(page))
        for grid in (once, over):
            shown = [{self.p.t.decode([int(t)]).strip() for t in row if t != seen.NOTHING} for row in grid]
            self.assertFalse({"Orders", "17", "7"} & shown[1] or {"Tue", "T"} & shown[2], shown)
        monday = [t for t, a, b in seen.pieces(self.p.t, "Monday")]
        at = [int(np.flatnonzero(once[1] == t)[0]) for t in monday]
        self.assertEqual(at[0], 12 + (len(monday) == 1))  # 330 = 11.8 places, and half of a piece: nothing pushes it aside

    def test_crowded_pages_are_of_all_sizes_that_pictures_have(self):
        r = random.Random(5)
        grids = {canvas.Layout(charts.crowded(r)).grid for _ in range(200)}
        self.assertTrue({(1, 2), (2, 2), (2, 3)} <= grids, grids)

    def test_a_word_stands_whole_on_the_side_of_most_of_it(self):
        letters = lambda n: [(224 - 7 * n + 7 * k, 50.0) for k in range(7)]  # so many of them before the end of the crop
        self.assertEqual([w for w, _ in seen.words("Tuesday", letters(5))], ["Tuesday"])
        self.assertTrue(all(x < 224 for x, _ in next(seen.words("Tuesday", letters(5)))[1]))
        self.assertTrue(all(x >= 224 for x, _ in next(seen.words("Tuesday", letters(2)))[1]))
        self.assertEqual([w for w, _ in seen.words("Tuesday", letters(4))], ["Tues", "day"])
        self.assertEqual([w for w, _ in seen.words("1234567", letters(5))], ["12345", "67"])  # no one can guess a digit

    def test_a_word_is_cut_the_same_wherever_it_stands(self):
        alone = [t for t, _, _ in seen.pieces(self.p.t, "Orders")]
        self.assertIn(alone, [self.p.t.encode("Orders"), self.p.t.encode(" Orders")])
        for run in ("Orders", "North   Orders", "a Orders b"):
            at = [(8.0 * k, 40.0) for k in range(len(run))]
            self.assertIn(alone, [[t for t, _, _ in seen.pieces(self.p.t, w)] for w, _ in seen.words(run, at)])

    def test_an_update_of_muon_turns_and_does_not_stretch(self):
        for shape in ((24, 24), (40, 16), (16, 40)):
            values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
            self.assertLess(float(values.max()), 1.3)
            self.assertGreater(float(values.median()), 0.7)

    def test_crowded_words_keep_their_order_and_the_row(self):
        row = np.full(5, -1)
        seen.place(row, [(3.9, 7), (3.95, 8), (4.2, 9), (4.3, 10)], -1)
        self.assertEqual(row.tolist(), [-1, 7, 8, 9, 10])
        seen.place(row := np.full(2, -1), [(0.1, 1), (0.2, 2), (0.3, 3)], -1)
        self.assertEqual(row.tolist(), [1, 2])

    def test_pieces_that_were_never_used_get_rows_of_their_own_when_they_are(self):
        model = PhialModel(self.p.s, self.m.config)
        rows = model.model.embed_tokens.weight
        with torch.no_grad():
            rows.normal_()
            rows[50:100] = 0.5 * rows[50] + 0.01 * rows[50:100]  # as if only ever pushed away
            before = rows.clone()
        self.assertEqual(grow.wake(model, {3, 60, 61}), [60, 61])
        changed = (rows != before).any(1).nonzero()[:, 0].tolist()
        self.assertEqual(changed, [60, 61])
        unit = torch.nn.functional.normalize(rows.detach(), dim=1)
        self.assertLess(float((unit[60:62] @ unit[[50, 70, 3]].T).abs().max()), 0.7)
        self.assertLess(float(unit[60] @ unit[61]), 0.7)
        self.assertEqual(grow.wake(model, {3, 60, 61}), [])

    def test_a_question_that_is_heard_stands_behind_the_picture_and_only_it_is_of_another_size(self):
        stage = stages.Vision(self.p, {}, random.Random(3))
        stage.asked_aloud = 1.0
        batch, picture = stage.draw(), self.p.s["<|endoftext10|>"]
        for ids, scale in zip(batch["ids"], batch["scale"][..., 0]):
            changed = np.flatnonzero(scale != 1)
            self.assertGreater(len(changed), 3)
            self.assertEqual(changed[0], np.flatnonzero(ids == picture)[-1] + 1)
            self.assertEqual(changed.tolist(), list(range(changed[0], changed[-1] + 1)))
            self.assertEqual(ids[changed[-1] + 1], self.p.s["<|end|>"])
        stage.asked_aloud = 0.0
        self.assertTrue((stage.draw()["scale"] == 1).all())

    def test_a_question_that_a_clip_says_is_heard_as_the_encoder_delivers_it(self):
        class Clips:
            clips = [(0, dict(en="How much is Monday?"))]
            where = staticmethod(lambda wanted, r: 0 if wanted("How much is Monday?") else None)
            mel = staticmethod(lambda i: np.random.default_rng(1).random((123, 80), np.float32))
        stage = stages.Vision(self.p, {"speech": Clips}, random.Random(3))
        stage.asked_aloud = 1.0
        batch, slot = stage.draw(), self.p.s["<|endoftext11|>"]
        self.assertTrue((batch["scale"] == 1).all())
        x = torch.zeros(*batch["ids"].shape, self.m.model.embed_tokens.weight.shape[1])
        with torch.no_grad():
            x = stage.with_sound(self.m, x, batch)
        self.assertTrue(((x != 0).any(-1).numpy() == (batch["ids"] == slot)).all())
        self.assertEqual(len(batch["spoken"]), stage.size)

    def test_a_recap_summarizes_and_asks_nothing_of_the_encoder(self):
        entry = dict(en="We decided to sell the car.", de="Wir", es="Hemos", fr="Nous", kind="decision")
        class Clips:
            clips = [(0, entry)] * 8
            pick = staticmethod(lambda r, size, short=None: [0] * size)
            passage = staticmethod(lambda r: [0, 1, 2])
            mel = staticmethod(lambda i: np.random.default_rng(1).random((60, 80), np.float32))
        stage = stages.Recap(self.p, {"speech": Clips}, random.Random(3))
        batches = [stage.draw() for _ in range(12)]
        batch, wanted = batches[0], self.p.t.encode("Decision:")
        told = [row[labels != -100][:len(wanted)].tolist() == wanted for b in batches if b["count"] == stage.together for row, labels in zip(b["ids"], b["labels"])]
        self.assertGreater(sum(told), len(told) / 2)
        self.m.zero_grad(set_to_none=True)
        stage.loss(self.m, batch, {}).backward()
        moved = {n for n, p in self.m.named_parameters() if p.grad is not None}
        self.assertEqual({n for n in moved if "lora_" in n}, {n for n, _ in self.m.named_parameters() if stages.Recap.trains(n)})
        self.assertFalse(any("audio_embed" in n for n in moved))
        self.m.zero_grad(set_to_none=True)

    def test_another_seed_draws_other_rows(self):
        shipped = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
        with tempfile.TemporaryDirectory() as d:
            rows = [train.Trainer(d, os.path.join(d, "run"), "read", source=shipped, seed=seed).feed.next()["ids"].tolist() for seed in (1, 2, 1)]
        self.assertEqual(rows[0], rows[2])
        self.assertNotEqual(rows[0], rows[1])

    def test_a_joined_run_takes_a_stage_or_a_share_of_it_and_nothing_else(self):
        adapter, base = "x.lora_A.vision.weight", "model.norm.weight"
        state = lambda v, average: dict(model={adapter: torch.full((2,), v), base: torch.full((2,), v)}, average=average)
        other = state(9.0, {adapter: torch.full((2,), 3.0)})  # its average counts, not its last step
        run, count = join.joined(state(1.0, {adapter: torch.full((2,), 2.0)}), other, "vision", 0.25)
        self.assertEqual((count, run["model"][adapter][0], run["average"][adapter][0], run["model"][base][0]), (1, 2.25, 2.25, 1.0))
        run, _ = join.joined(state(1.0, {}), other, "vision")
        self.assertEqual((run["model"][adapter][0], run["average"]), (3.0, {}))

    def test_right_rows_cost_nothing_and_others_do(self):
        page = canvas.Canvas(448, 336)
        page.text((20, 20), "Monday 42", (0, 0, 0), canvas.font(canvas.TRAIN_FONTS[0], 24))
        page.kind = "line chart"
        layout, e = canvas.Layout(page), self.m.model.embed_tokens.weight
        kinds = torch.tensor([seen.kind(self.p, layout)])
        with torch.no_grad():
            e.normal_(0, 0.125)  # of about the length of a row
            rows = e[torch.from_numpy(seen.sequence(self.p, layout))]
            places = [torch.from_numpy(seen.grid(self.p.t, layout))]
            right, share, kept = seen.alignment(self.m, rows, places, kinds, self.p)
            wrong, none, lost = seen.alignment(self.m, rows.roll(1, 0), places, kinds, self.p)
            other = seen.alignment(self.m, rows, places, kinds + 1, self.p)[0]
        self.assertEqual((float(share), float(none), float(kept), float(lost)), (1.0, 0.0, 1.0, 0.0))
        self.assertGreater(float(other), float(right) + 1.0)
        self.assertLess(float(right), 0.05)
        self.assertGreater(float(wrong), 1.0)

    def test_masked_patches_change_nothing_where_tokens_lie(self):
        masks = torch.zeros(4, 16, 16, dtype=torch.bool)
        for k, (high, wide) in enumerate([(16, 16), (7, 16), (4, 3), (16, 16)]):
            masks[k, :high, :wide] = True
        pixels, tower = torch.randn(4, 3, 224, 224), self.m.image.img_processor
        with torch.no_grad():
            pooled = self.m.image.pooled(pixels, masks)
            for k, mask in enumerate(masks):
                patches = pixels[k].view(3, 16, 14, 16, 14).permute(1, 3, 0, 2, 4).reshape(1, 256, -1)
                x = patches @ tower.embeddings.patch_embedding.weight.flatten(1).T + tower.embeddings.patch_embedding.bias
                x = x + tower.embeddings.position_embedding(tower.positions(mask[None]))
                for layer in tower.encoder.layers:
                    x = layer(x, torch.zeros(256).masked_fill(~mask.flatten(), -1e4))
                wanted, tokens = x.view(8, 2, 8, 2, -1).mean((1, 3)), mask[::2, ::2]
                self.assertLess(float((pooled[k] - wanted)[tokens].abs().max()), 1e-4)
                self.assertEqual(float(pooled[k][~tokens].abs().sum()), 0.0)

    def test_a_piece_between_two_places_is_drawn_to_one_where_the_best_way_counts(self):
        blank, piece, pull = 0, 1, {}
        row = torch.tensor([seen.NOTHING, piece, seen.NOTHING])
        for best in (False, True):
            scores = torch.log(torch.tensor([[0.98, 0.02], [0.55, 0.45], [0.6, 0.4]])).requires_grad_()
            seen.placed(scores, [row], blank, best).backward()
            pull[best] = (-scores.grad[:, piece]).tolist()
        self.assertTrue(all(x > 0 for x in pull[False]))  # half there in each place costs nothing
        self.assertEqual(pull[True], [0.0, 1.0, 0.0])


class Package(unittest.TestCase):
    """The packed values beside what `phial quantize` made of the shipped weights."""
    source = pathlib.Path(__file__).resolve().parent.parent

    @staticmethod
    def unpacked(tensors, name):
        codes, groups, rows, columns = (tensors[f"{name}.{plane}"] for plane in ("codes", "groups", "rows", "columns"))
        q = np.stack([codes.view(np.uint32) >> 4 * k & 15 for k in range(8)], -1).reshape(len(codes), -1)
        g = groups.reshape(len(codes), -1, 2, 8)
        many = lambda x: np.repeat(x.reshape(len(codes), -1), packed.GROUP, 1)[:, :q.shape[1]]
        scale, offset = rows.astype(np.float32)[:, None].T.reshape(2, -1, 1)
        return (q * many(g[:, :, 0]) / 255 * scale + many(g[:, :, 1].view(np.int8)) / 127 * offset) * columns.astype(np.float32)

    @unittest.skipUnless((source.parent / "embedded-4bit").exists(), "the package lies beside the weights")
    def test_packed_values_are_those_of_the_package(self):
        weights, _ = grow.read_safetensors(self.source / "model.safetensors")
        with open(self.source.parent / "embedded-4bit" / "model-00001.safetensors", "rb") as f:
            header, data = json.loads(f.read(int.from_bytes(f.read(8), "little"))), f.read()
        kinds = dict(I32=np.int32, U8=np.uint8, F16=np.float16)
        tensors = {n: np.frombuffer(data[slice(*t["data_offsets"])], kinds[t["dtype"]]).reshape(t["shape"]) for n, t in header.items() if t.get("dtype") in kinds}
        names = [n for n in weights if "base_layer" in n]
        self.assertTrue(names)
        for name in names:
            ours, theirs = packed.Packed()(weights[name]).numpy(), self.unpacked(tensors, name)
            cost = np.linalg.norm(theirs - weights[name].numpy())
            self.assertLess(np.linalg.norm(ours - theirs), 0.1 * cost, name)  # a weight between two codes may go either way, and its group's scale with it
            self.assertGreater(cost, 0.05 * np.linalg.norm(theirs), name)

    def test_a_gradient_passes_the_rounding(self):
        w = torch.randn(4, 64, generator=torch.Generator().manual_seed(1)).requires_grad_()
        seen_as = packed.Packed()(w)
        seen_as.sum().backward()
        self.assertFalse(torch.equal(seen_as, w))
        self.assertTrue(torch.equal(w.grad, torch.ones_like(w)))


if __name__ == "__main__":
    unittest.main()
