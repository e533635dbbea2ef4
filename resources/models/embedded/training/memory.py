# SPDX-License-Identifier: MIT
"""Memory for tensors of many sizes that come and go with each step: jemalloc with huge pages, where it is installed.

The C library's own heap is soon in pieces, and everything that walks through memory then waits for it: a step of `look` took 2.8 s after ten
minutes, 1.0 s in its first, and 1.0 to 1.2 s throughout under jemalloc that gives nothing back. Stages with batches of all lengths need it to
give back, or they grow without end. A short trial shows none of this.
"""
import ctypes.util
import os
import sys

SETTINGS = "thp:always,dirty_decay_ms:30000,muzzy_decay_ms:30000"  # huge pages; what is freed is kept for the next steps, not for ever


def settle():
    """Starts this program once more, under jemalloc; an allocator cannot be changed later. Does nothing without it, or when that is done."""
    library = ctypes.util.find_library("jemalloc")
    if library and "jemalloc" not in os.environ.get("LD_PRELOAD", ""):
        os.environ.update(LD_PRELOAD=library, MALLOC_CONF=SETTINGS)
        os.execv(sys.executable, [sys.executable, *sys.argv])
