#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Time from starting the program to the first thing painted in its window, seen from outside (X's damage events).

usage: tests/support/run-headless -- /usr/bin/python3 tests/e2e/start_up_bench.py PROGRAM [RUNS]
"""
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time

from Xlib import X, display, error
from Xlib.ext import damage

WIDE = 300  # the window; Qt's helper windows are smaller


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def first_paint(program, environment):
    """(seconds, processor seconds) until the first damage of a shown window of the program."""
    server = display.Display()
    server.damage_query_version()
    root = server.screen().root
    root.change_attributes(event_mask=X.SubstructureNotifyMask)
    server.sync()
    begun = time.monotonic()
    process = subprocess.Popen([program], env=environment, stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() - begun < 60:
            while server.pending_events():
                event = server.next_event()
                if event.type == X.CreateNotify:
                    try:
                        event.window.damage_create(damage.DamageReportNonEmpty)
                        server.sync()
                    except error.XError:  # a helper window that is gone again
                        pass
                elif event.type == server.extension_event.DamageNotify and event.drawable_geometry.width >= WIDE:
                    return time.monotonic() - begun, processor_seconds(process.pid)
            select.select([server.fileno()], [], [], 1)
        raise SystemExit("no window was painted")
    finally:
        process.terminate()
        process.wait(20)
        server.close()


def main():
    program, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    with tempfile.TemporaryDirectory() as state:
        environment = dict(os.environ, XDG_DATA_HOME=state, XDG_CONFIG_HOME=state, XDG_CACHE_HOME=state)
        found = [first_paint(program, environment) for _ in range(runs + 1)][1:]  # the first one reads the files from disk
    for name, column in (("wall", 0), ("processor", 1)):
        times = sorted(1000 * run[column] for run in found)
        print(f"{name}: median {statistics.median(times):.0f} ms, least {times[0]:.0f}, most {times[-1]:.0f} ({runs} runs)")


if __name__ == "__main__":
    main()
