# SPDX-License-Identifier: MIT
"""The training loop: one stage at a time, resumable at any moment, a progress line every half minute.

RUN/state.pt holds weights, their running average, optimizer, random states, stage, step and processor minutes; it is
replaced atomically. The learning rate follows the stage's processor minutes, so that a slow machine trains the same way.
"""
import os
import random
import signal
import time

import numpy as np
import torch

from corpus import Corpus
from model import PhialModel
from stages import STAGES
from tasks import Prompts, tokenizer_lines
from tokenizer import Tokenizer, learn

AVERAGE = 0.998  # of the weights, per step: what is evaluated and exported


def vocabulary(run, ranks=2048 - 66):
    path = os.path.join(run, "tokenizer.json")
    if not os.path.exists(path):
        Tokenizer(learn(tokenizer_lines(random.Random(7)), ranks)).save(path)
    return Tokenizer.load(path)


def open_run(run):
    """-> model, prompts, state (an empty dict for a new run)."""
    os.makedirs(run, exist_ok=True)
    prompts = Prompts(vocabulary(run))
    torch.manual_seed(0)
    model = PhialModel(prompts.s)
    path, state = os.path.join(run, "state.pt"), {}
    if os.path.exists(path):
        state = torch.load(path)
        model.load_state_dict(state["model"], strict=False)
    return model, prompts, state


class Trainer:
    def __init__(self, work, run, stage, minutes=None, rate=None):
        self.run, self.name = run, stage
        self.model, self.prompts, state = open_run(run)
        self.corpora = {"speech": Corpus(os.path.join(work, "speech"), "train")} if stage in ("hear", "speech") else {}
        self.r = random.Random(1)
        kind = STAGES[stage]
        self.shelf = state.get("shelf", {})
        if state and state["stage"] != stage:
            self._put_aside(state)
            state.update(self.shelf.pop(stage, dict(step=0)))
            self._load(state.get("raw", {}))
        same = state.get("stage") == stage
        self.used, self.step, self.seen = state.get("minutes", {}), state.get("step", 0), state.get("seen", {})
        if stage == "hear" and not self.used.get("hear"):
            mean, std = self.corpora["speech"].statistics(self.r)
            e = self.model.audio.encoder.encoder_embedding
            e.global_mean.copy_(torch.from_numpy(mean))
            e.global_invstd.copy_(torch.from_numpy(1 / std))
        self.stage = kind(self.model, self.prompts, self.corpora, self.r)
        self.minutes, self.rate = minutes or kind.minutes, rate or kind.rate
        named = [(n, p) for n, p in self.model.named_parameters() if kind.trains(n)]
        for p in self.model.parameters():
            p.requires_grad_(False)
        for _, p in named:
            p.requires_grad_(True)
        self.params = [p for _, p in named]
        self.optimizer = torch.optim.AdamW([dict(params=[p for p in self.params if p.dim() > 1], weight_decay=0.02),
                                            dict(params=[p for p in self.params if p.dim() <= 1], weight_decay=0.0)], lr=1e-4, betas=(0.9, 0.98))
        self.names = [n for n, _ in named]
        self.average = {n: p.detach().clone() for n, p in named}
        if same:
            self.optimizer.load_state_dict(state["optimizer"])
            self.average.update({n: v for n, v in state["average"].items() if n in self.average})
            self.r.setstate(state["random"])
            torch.set_rng_state(state["torch_random"])
            if hasattr(self.stage, "average"):
                self.stage.average = state.get("stage_average") or 99.0

    OWN = ("stage", "step", "average", "optimizer", "random", "torch_random", "stage_average")

    def _load(self, weights):
        own = dict(self.model.named_parameters())
        with torch.no_grad():
            for n, v in weights.items():
                own[n].copy_(v)

    def _put_aside(self, state):
        """Another stage begins: the earlier one's place is kept, so that it can go on later; the model takes its averaged weights."""
        keep = {k: state.pop(k) for k in self.OWN}
        own = dict(self.model.named_parameters())
        keep["raw"] = {n: own[n].detach().clone() for n in keep["average"]}
        self.shelf[keep["stage"]] = keep
        self._load(keep["average"])

    def save(self):
        state = dict(shelf=self.shelf, model=self.model.state_dict(), average=self.average, optimizer=self.optimizer.state_dict(), stage=self.name, step=self.step, minutes=self.used,
                     seen=self.seen, random=self.r.getstate(), torch_random=torch.get_rng_state(), stage_average=getattr(self.stage, "average", 0.0))
        torch.save(state, os.path.join(self.run, "state.tmp"))
        os.replace(os.path.join(self.run, "state.tmp"), os.path.join(self.run, "state.pt"))

    def finish(self):
        """The averaged weights become the weights; the next stage starts from them."""
        self._load(self.average)
        self.save()

    def learning_rate(self, done):
        return self.rate * min(1.0, (self.step + 1) / self.stage.warmup) * (1.0 if done < 0.6 else max(0.03, (1.0 - done) / 0.4))

    def loop(self, stop_at=None):
        """Until the stage's minutes are used up; stop_at: wall-clock time at which to save and return. -> finished?"""
        log = open(os.path.join(self.run, "log.txt"), "a")
        smooth, used = {}, self.used.get(self.name, 0.0)
        ended = []
        signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
        started, saved, shown = time.process_time(), time.time(), time.time()
        torch.set_num_threads(1)
        np.random.seed(self.step)
        while True:
            now_used = used + (time.process_time() - started) / 60
            self.used[self.name] = now_used
            if now_used >= self.minutes or ended or (stop_at and time.time() >= stop_at):
                break
            for g in self.optimizer.param_groups:
                g["lr"] = self.learning_rate(now_used / self.minutes)
            stats = {}
            with torch.autocast("cpu", torch.bfloat16):
                loss, count = self.stage.loss(stats)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.params, 1.0)
            self.optimizer.step()
            self.step += 1
            self.seen[self.name] = self.seen.get(self.name, 0) + count
            if self.step % 4 == 0:
                keep = min(AVERAGE ** 4, (1 + self.step / 4) / (10 + self.step / 4))
                torch._foreach_mul_(list(self.average.values()), keep)
                torch._foreach_add_(list(self.average.values()), [p.detach() for p in self.params], alpha=1 - keep)
            for k, v in stats.items():
                v = float(v.detach())
                smooth[k] = 0.97 * smooth.get(k, v) + 0.03 * v
            if time.time() - shown > 30:
                shown = time.time()
                clips = self.corpora["speech"].refresh() if "speech" in self.corpora else 0
                line = f"{time.strftime('%H:%M:%S')} {self.name} cpu {now_used:.1f}/{self.minutes:g} min step {self.step} samples {self.seen[self.name]} clips {clips} " \
                       f"lr {self.optimizer.param_groups[0]['lr']:.1e} " + " ".join(f"{k} {v:.3f}" for k, v in smooth.items())
                print(line, flush=True)
                print(line, file=log, flush=True)
            if time.time() - saved > 180:
                saved = time.time()
                self.save()
        done = self.used[self.name] >= self.minutes
        self.finish() if done else self.save()
        return done
