# SPDX-License-Identifier: MIT
"""What makes training fast and can only be chosen before the program starts: its allocator, and the kernels of its libraries.

Memory for tensors of many sizes that come and go with each step: jemalloc with huge pages, where it is installed. The C library's own heap is
soon in pieces, and everything that walks through memory then waits for it: a step of `look` took 2.8 s after ten minutes, 1.0 s in its first,
and 1.0 to 1.2 s throughout under jemalloc that gives nothing back. With batches of all sizes that grows without end (23 GB in ten minutes), and
where it gives back by the clock instead, a quarter of a step of `look` goes to taking the same pages again: so all is given back at once, and
only when a process has become large. A short trial shows none of this.

Kernels: a processor younger than OpenBLAS is given that library's oldest ones (0.3.21: those of 2004, 20 GFLOP/s instead of 100, for one of
2023), and PyTorch 1.13 keeps to AVX2 where it could do AVX-512. A step of `look` there took 2.8 s, 2.1 s with both set right.
"""
import ctypes
import ctypes.util
import os
import sys

SETTINGS = "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1"  # huge pages; what is freed is kept until `give_back`
LARGE = 6 << 30  # bytes of a process
ALL_ARENAS = 4096  # of jemalloc's MALLCTL_ARENAS_ALL


def kernels(flags):
    """Environment for a processor of such flags (/proc/cpuinfo)."""
    if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags:
        return dict(OPENBLAS_CORETYPE="SkylakeX", ATEN_CPU_CAPABILITY="avx512")
    return dict(OPENBLAS_CORETYPE="Haswell") if {"avx2", "fma"} <= flags else {}


def processor():
    """Flags of this machine's processor; none where there is no such file."""
    try:
        with open("/proc/cpuinfo") as f:
            return set(next((line for line in f if line.startswith("flags")), "").split())
    except OSError:
        return set()


def settle():
    """Starts this program once more with what it lacks of these; what the environment says already is left as it is. Does nothing when that is done."""
    wanted = {k: v for k, v in kernels(processor()).items() if k not in os.environ}
    library = ctypes.util.find_library("jemalloc")
    if library and "jemalloc" not in os.environ.get("LD_PRELOAD", ""):
        wanted.update(LD_PRELOAD=library, MALLOC_CONF=SETTINGS)
    if wanted:
        os.environ.update(wanted)
        os.execv(sys.executable, [sys.executable, *sys.argv])


def resident():
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def give_back(large=LARGE):
    """Gives what is free to the system, if the process has grown larger than that and jemalloc is its allocator. -> whether it did."""
    purge = getattr(ctypes.CDLL(None), "mallctl", None)
    return purge is not None and resident() > large and purge(f"arena.{ALL_ARENAS}.purge".encode(), None, None, None, ctypes.c_size_t(0)) == 0
