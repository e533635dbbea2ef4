#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the embedded model: data, training, evaluation, export.

usage: train_embedded.py --work DIR [--stage all] [--minutes N] [--rate R] [--until HH:MM] [--shards N] [--run NAME] [--from FOLDER] [--seed N]
Stages: data, base, hear, speech, recap, read, look, vision, eval, export; "all" is these in this order, and several may be named with commas.
"further" goes on with a base whose encoders are trained already, and leaves its embeddings alone; speech, recap, read and vision then follow.
Everything lives in DIR (speech/, NAME/, export/). Stop it at any time and start it again with the same words; a stage that has had
its minutes is passed over. While one process trains, another may run `--stage data`: new shards are taken in as they appear.
"""
import argparse
import os
import subprocess
import sys
import time

import memory

ORDER = ["data", "base", "hear", "speech", "recap", "read", "look", "vision", "eval", "export"]
HERE = os.path.dirname(os.path.abspath(__file__))


def run(script, *words):
    subprocess.run([sys.executable, os.path.join(HERE, script), *map(str, words)], check=True)


def clock(text):
    """The next time it is HH:MM in UTC, in seconds."""
    h, m = map(int, text.split(":"))
    now = time.time()
    at = now - now % 86400 + h * 3600 + m * 60
    return at if at > now else at + 86400


def main():
    a = argparse.ArgumentParser(description="Makes the embedded model.")
    a.add_argument("--work", required=True, help="folder for data and checkpoints, outside the repository")
    a.add_argument("--run", default="run")
    a.add_argument("--from", dest="source", help="exported model whose weights a new run begins with (grow.py); the shipped one: ..")
    a.add_argument("--stage", default="all", help=", ".join(ORDER) + ", further or all")
    a.add_argument("--seed", type=int, default=1, help="of what a stage draws; another one than last time when going on with an exported model, or it sees the same again")
    a.add_argument("--minutes", type=float, help="processor minutes of the stage, earlier ones included")
    a.add_argument("--rate", type=float, help="highest learning rate")
    a.add_argument("--until", help="UTC time of day at which to save and stop")
    a.add_argument("--shards", type=int, default=120, help="training shards of 512 clips")
    a.add_argument("--device", default="cpu", help="cpu or cuda")
    a.add_argument("--scale", type=int, default=1, help="batch size factor; 8 to 16 on a GPU")
    a.add_argument("--workers", type=int, default=0, help="processes that draw batches; about the number of cores beside a GPU")
    o = a.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if o.device == "cpu":
        memory.settle()
    speech, folder = os.path.join(o.work, "speech"), os.path.join(o.work, o.run)
    stop = clock(o.until) if o.until else None
    for stage in ORDER if o.stage == "all" else o.stage.split(","):
        if stage == "data":
            for split, count in (("seen", 1), ("unseen", 1), ("noisy", 1)):
                run("synth.py", speech, split, count)
            run("synth.py", speech, "train", o.shards, 0, max(1, o.workers))
        elif stage == "eval":
            run("evaluate.py", o.work, folder, 100)
        elif stage == "export":
            run("export.py", folder, os.path.join(o.work, "export"))
        else:
            import train
            if not train.Trainer(o.work, folder, stage, o.minutes, o.rate, o.device, o.scale, o.workers, o.source, o.seed).loop(stop):
                print(f"{stage} stopped at its last checkpoint; the same command goes on", flush=True)
                break


if __name__ == "__main__":
    main()
