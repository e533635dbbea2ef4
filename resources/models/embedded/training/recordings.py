# SPDX-License-Identifier: MIT
"""Recordings with the ids that an exported model must give: what the engine's tests of the whole path compare with.

usage: recordings.py MODEL FOLDER [COUNT]
Sentences of the test fold, every fourth by a voice that was never trained. Whatever the model answers is written down, right or
wrong: float32, greedy, with the least distance between the best and the second logit of all steps.
"""
import json
import os
import random
import sys

import numpy as np
import torch
import torch.nn.functional as F
from scipy.io import wavfile

import features
import grammar
import grow
import suite
import tasks
from model import PhialModel
from tokenizer import Tokenizer

PROMPTS = dict(transcribe=tasks.TRANSCRIBE[0], **{name.lower(): tasks.TRANSLATE.format(name) for name in grammar.LANGUAGES})


def load(folder):
    tokens = Tokenizer.load(os.path.join(folder, "tokenizer.json"))
    model = PhialModel(tokens.special)
    weights, _ = grow.read_safetensors(os.path.join(folder, "model.safetensors"))
    left = model.load_state_dict(weights, strict=False)
    assert not left.unexpected_keys and all(k.startswith("glyph") or k == "ctc_scale" for k in left.missing_keys), left
    return model.eval(), tasks.Prompts(tokens)


def answer(model, prompts, mel, prompt, limit=100):
    """-> ids with the closing token, least margin."""
    s = prompts.s
    stop = (s["<|end|>"], s["<|endoftext|>"])
    ids = torch.tensor([prompts.row([s["<|endoftext11|>"]] * -(-len(mel) // 8), prompt, "")[0]])
    audio, _ = model.encode_audio(torch.from_numpy(mel)[None], torch.tensor([len(mel)]))
    rows = model.embed(ids, s["<|endoftext11|>"], audio[0])
    caches, begin, out, margin = [[] for _ in model.model.layers], 0, [], float("inf")
    while len(out) < limit and (not out or out[-1] not in stop):
        logits = F.linear(model.model(rows, "speech", caches, begin)[0, -1], model.model.embed_tokens.weight)
        best = logits.topk(2)
        margin = min(margin, float(best.values[0] - best.values[1]))
        out.append(int(best.indices[0]))
        begin += rows.shape[1]
        rows = model.model.embed_tokens(torch.tensor([out[-1:]]))
    return out, margin


def main():
    source, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 12
    os.makedirs(folder, exist_ok=True)
    model, prompts = load(source)
    r, g, entries = random.Random("phial recordings"), np.random.default_rng(12), []
    for k in range(count):
        s = grammar.sentence(r, "test", False)
        voice, (wave,) = suite.say("unseen" if k % 4 == 3 else "seen", [s], r, g)
        samples = np.clip(np.rint(wave * 32767), -32768, 32767).astype(np.int16)
        mel = features.log_mel(samples.astype(np.float32) / 32768)
        entry = dict(file=f"{k:02d}.wav", voice=voice, text=s.en, audio_tokens=-(-len(mel) // 8), seconds=round(len(samples) / features.RATE, 3))
        wavfile.write(os.path.join(folder, entry["file"]), features.RATE, samples)
        for task, prompt in PROMPTS.items():
            with torch.no_grad():
                ids, margin = answer(model, prompts, mel, prompt)
            words = [i for i in ids if i < prompts.s["<|endoftext|>"]]
            entry[task] = dict(prompt=prompt, token_ids=ids, text=prompts.t.decode(words), min_top1_margin=round(margin, 4))
        print(entry["file"], voice, "|", s.en, "|", entry["transcribe"]["text"], "|", entry["transcribe"]["min_top1_margin"], flush=True)
        entries.append(entry)
    cases = [dict(name=f"transcribe_recording_{k:02d}", task="transcribe_recording", prompt=PROMPTS["transcribe"], audio=e["file"], image=None, answer=e["text"])
             for k, e in enumerate(entries)]
    for name, content in (("expected.json", entries), ("suite.json", cases)):
        with open(os.path.join(folder, name), "w") as out:
            json.dump(content, out, ensure_ascii=False, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
