# SPDX-License-Identifier: MIT
"""The training loop: one stage at a time, resumable at any moment, a progress line every half minute.

RUN/state.pt holds weights, their running average, optimizer, random states, stage, step and minutes, and the same of stages put
aside (`shelf`); it is replaced atomically. The learning rate follows the stage's minutes: processor time on a processor, so that a
busy machine trains the same way, wall time on a GPU.
"""
import os
import random
import signal
import time

import numpy as np
import torch

import grow
import memory
import precision
from corpus import Corpus
from feed import Feed
from model import CONFIG, PhialModel
from muon import Muon
from stages import STAGES, often
from tasks import Prompts, tokenizer_lines
from tokenizer import Tokenizer, learn

AVERAGE = 0.998  # of the weights, per step: what is evaluated and exported
OWN = ("stage", "step", "average", "optimizer", "random", "torch_random", "stage_average")  # what belongs to one stage of a state


def vocabulary(run, source=None, ranks=CONFIG["decoder"]["vocabulary"] - 66):
    path = os.path.join(run, "tokenizer.json")
    if not os.path.exists(path):
        lines = tokenizer_lines(random.Random(7))
        (grow.vocabulary(source, lines, ranks) if source else Tokenizer(learn(lines, ranks))).save(path)
    return Tokenizer.load(path)


def open_run(run, source=None):
    """-> model, prompts, state (an empty dict for a new run, whose weights then come from the exported model `source`, if given)."""
    os.makedirs(run, exist_ok=True)
    prompts = Prompts(vocabulary(run, source))
    torch.manual_seed(0)
    model = PhialModel(prompts.s)
    path, state = os.path.join(run, "state.pt"), {}
    if source and not os.path.exists(path):
        left = grow.take(model, prompts.t, source)
        woken = grow.wake(model, often(prompts))
        print(f"first weights from {source}; {len(woken)} pieces are new in use; {len(left)} of {len(model.state_dict())} tensors keep random or zero first values", flush=True)
    if os.path.exists(path):
        state = torch.load(path, map_location="cpu", weights_only=False)
        model.load_state_dict(state["model"], strict=False)
    return model, prompts, state


def load_weights(model, weights):
    own = dict(model.named_parameters())
    with torch.no_grad():
        for n, v in weights.items():
            own[n].copy_(v)


def put_aside(state, model):
    """Another stage begins: the earlier one's place is kept, so that it can go on later; the model takes its averaged weights."""
    keep, own = {k: state.pop(k) for k in OWN}, dict(model.named_parameters())
    keep["raw"] = {n: own[n].detach().clone() for n in keep["average"]}
    load_weights(model, keep["average"])
    return keep


class Trainer:
    def __init__(self, work, run, stage, minutes=None, rate=None, device="cpu", scale=1, workers=0, source=None, seed=1):
        self.run, self.name, self.device = run, stage, device
        kind = STAGES[stage]
        self.model, prompts, state = open_run(run, source)
        self.shelf = state.get("shelf", {})
        if state and state["stage"] != stage:
            old = put_aside(state, self.model)
            self.shelf[old["stage"]] = old
            state.update(self.shelf.pop(stage, dict(step=0)))
            load_weights(self.model, state.get("raw", {}))
        same = state.get("stage") == stage
        self.used, self.step, self.seen = state.get("minutes", {}), state.get("step", 0), state.get("seen", {})
        corpora = {"speech": Corpus(os.path.join(work, "speech"), "train")} if kind.needs_speech else {}
        if corpora and not corpora["speech"].clips:
            raise SystemExit(f"{os.path.join(work, 'speech')} holds no clips to train with; make some by --stage data")
        torch.manual_seed(seed)
        self.stage = kind(prompts, corpora, random.Random(seed), scale)
        e = self.model.audio.encoder.encoder_embedding
        if kind.needs_speech and bool((e.global_invstd == 1).all()):  # neither trained nor taken from another model
            mean, std = corpora["speech"].statistics(self.stage.r)
            e.global_mean.copy_(torch.from_numpy(mean))
            e.global_invstd.copy_(torch.from_numpy(1 / std))
        if same:
            self.stage.r.setstate(state["random"])
            self.stage.average = state.get("stage_average") or 99.0
        self.feed = Feed(self.stage, workers, 10 ** 7 * seed + self.step)
        self.minutes, self.rate = minutes or kind.minutes, rate or kind.rate
        self.model.to(device)
        if kind.packed:
            self.model.pack()
        for p in self.model.parameters():
            p.requires_grad_(False)
        named = [(n, p.requires_grad_(True)) for n, p in self.model.named_parameters() if kind.trains(n)]
        self.params = [p for _, p in named]
        turned = [p for n, p in named if p.dim() == 2 and kind.orthogonal(n)]
        matrices = [p for n, p in named if p.dim() > 1 and not (p.dim() == 2 and kind.orthogonal(n))]
        self.optimizers = [torch.optim.AdamW([dict(params=matrices, weight_decay=0.02),
                                              dict(params=[p for p in self.params if p.dim() <= 1], weight_decay=0.0)], lr=1e-4, betas=(0.9, 0.98))]
        if turned:
            self.optimizers.append(Muon(turned))
        self.average = {n: p.detach().clone() for n, p in named}
        if same:
            for o, kept in zip(self.optimizers, state["optimizer"]):
                o.load_state_dict(kept)
            self.average.update({n: v.to(device) for n, v in state["average"].items() if n in self.average})
            torch.set_rng_state(state["torch_random"])

    def save(self):
        state = dict(shelf=self.shelf, model=self.model.state_dict(), average=self.average, optimizer=[o.state_dict() for o in self.optimizers], stage=self.name, step=self.step,
                     minutes=self.used, seen=self.seen, random=self.stage.r.getstate(), torch_random=torch.get_rng_state(), stage_average=self.stage.average)
        torch.save(state, os.path.join(self.run, "state.tmp"))
        os.replace(os.path.join(self.run, "state.tmp"), os.path.join(self.run, "state.pt"))

    def learning_rate(self, done):
        return self.rate * min(1.0, (self.step + 1) / self.stage.warmup) * (1.0 if done < 0.6 else max(0.03, (1.0 - done) / 0.4))

    def train_step(self, stats):
        batch = self.feed.next()
        with precision.products(self.device):
            loss = self.stage.loss(self.model, batch, stats)
        for o in self.optimizers:
            o.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.params, 1.0)
        for o in self.optimizers:
            o.step()
        self.step += 1
        self.seen[self.name] = self.seen.get(self.name, 0) + batch["count"]
        if self.step % 4 == 0:
            keep = min(AVERAGE ** 4, (1 + self.step / 4) / (10 + self.step / 4))
            torch._foreach_mul_(list(self.average.values()), keep)
            torch._foreach_add_(list(self.average.values()), [p.detach() for p in self.params], alpha=1 - keep)

    def loop(self, stop_at=None):
        """Until the stage's minutes are used up; stop_at: wall-clock time at which to save and return. -> finished?"""
        clock = time.process_time if self.device == "cpu" else time.time
        smooth, used, ended = {}, self.used.get(self.name, 0.0), []
        signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
        started, saved, shown = clock(), time.time(), time.time()
        torch.set_num_threads(1)
        np.random.seed(self.step)
        with open(os.path.join(self.run, "log.txt"), "a") as log:
            while True:
                now_used = self.used[self.name] = used + (clock() - started) / 60
                if now_used >= self.minutes or ended or (stop_at and time.time() >= stop_at):
                    break
                lr = self.learning_rate(now_used / self.minutes)
                for o in self.optimizers:
                    for g in o.param_groups:
                        g["lr"] = lr
                stats = {}
                self.train_step(stats)
                for k, v in stats.items():
                    v = float(v.detach())
                    smooth[k] = 0.97 * smooth.get(k, v) + 0.03 * v
                if self.step % 8 == 0:
                    memory.give_back()
                if time.time() - shown > 30:
                    shown = time.time()
                    clips = f" clips {self.stage.c.refresh()}" if self.stage.c else ""
                    line = f"{time.strftime('%H:%M:%S')} {self.name} {now_used:.1f}/{self.minutes:g} min step {self.step} samples {self.seen[self.name]}{clips} " \
                           f"lr {lr:.1e} " + " ".join(f"{k} {v:.3f}" for k, v in smooth.items())
                    print(line, flush=True)
                    print(line, file=log, flush=True)
                if time.time() - saved > 180:
                    saved = time.time()
                    self.save()
        self.feed.close()
        done = self.used[self.name] >= self.minutes
        if done:
            load_weights(self.model, self.average)
        self.save()
        return done
