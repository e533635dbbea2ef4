#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the embedded model: data, training, evaluation, export.

usage: train_embedded.py --work DIR [--stage all|data|base|hear|speech|eval|export] [--minutes N] [--rate R] [--until HH:MM]
Everything lives in DIR (speech/, run/); stop it at any time and start it again with the same words.
"""
import argparse
import os
import time


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--work", required=True)
    a.add_argument("--run", default="run")
    a.add_argument("--stage", default="all")
    a.add_argument("--minutes", type=float, help="processor minutes of the stage, earlier ones included")
    a.add_argument("--rate", type=float)
    a.add_argument("--until", help="UTC time of day at which to save and stop")
    o = a.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    stop = None
    if o.until:
        h, m = map(int, o.until.split(":"))
        now = time.time()
        stop = now - now % 86400 + h * 3600 + m * 60
        stop += 86400 if stop < now else 0
    run = os.path.join(o.work, o.run)
    import train
    for stage in ["base", "hear", "speech"] if o.stage == "all" else o.stage.split(","):
        if not train.Trainer(o.work, run, stage, o.minutes, o.rate).loop(stop):
            break


if __name__ == "__main__":
    main()
