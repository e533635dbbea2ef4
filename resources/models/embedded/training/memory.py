# SPDX-License-Identifier: MIT
"""Memory that training frees is kept for the next step.

The C library gives large blocks back to the system at once, and each step then gets all of its pages anew, emptied: a third of a step of `look`.
"""
import ctypes

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # of mallopt(3)


def keep():
    """For the whole process; does nothing where the C library knows no such settings."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(MMAP_MAX, 0)
        mallopt(TRIM_THRESHOLD, 2 ** 31 - 1)
        mallopt(TOP_PAD, 2 ** 28)
