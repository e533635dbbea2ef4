# SPDX-License-Identifier: MIT
"""Batches for the loop: drawn in place on a processor, by worker processes beside a GPU."""
import multiprocessing
import queue
import random

import torch


def _work(stage, seed, average, out):
    torch.set_num_threads(1)
    stage.r = random.Random(f"worker/{seed}")
    stage.g = type(stage.g)(type(stage.g.bit_generator)(abs(hash(seed)) % (1 << 31)))
    count = 0
    while True:
        stage.average = average.value
        if stage.c is not None and count % 50 == 49:
            stage.c.refresh()
        out.put(stage.draw())
        count += 1


class Feed:
    """next() gives a batch; with workers, make it before the model goes to the GPU (they are forked)."""

    def __init__(self, stage, workers=0, seed=0):
        self.stage, self.workers = stage, []
        if workers:
            self.average, self.ready = multiprocessing.Value("d", stage.average), multiprocessing.Queue(3 * workers)
            for k in range(workers):
                p = multiprocessing.Process(target=_work, args=(stage, 1000 * seed + k, self.average, self.ready), daemon=True)
                p.start()
                self.workers.append(p)

    def next(self):
        if not self.workers:
            return self.stage.draw()
        self.average.value = self.stage.average
        while True:
            try:
                return self.ready.get(timeout=60)
            except queue.Empty:
                if not any(p.is_alive() for p in self.workers):
                    raise RuntimeError("every data worker has ended; run without --workers to see why")

    def close(self):
        for p in self.workers:
            p.terminate()
