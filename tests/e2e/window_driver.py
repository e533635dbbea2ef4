# SPDX-License-Identifier: MIT
"""Drives the window as somebody does who hears and touches it: through its accessibility tree, keys and the pointer.
For scripts that run inside a display and a session bus (tests/support/run-headless --bus)."""
import os
import subprocess
import time

import pyatspi

SUPPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support")
TITLE = "Phial"
shots = ""  # folder for pictures; empty = none


def wait_for(what, condition, seconds=120):
    """The first true value of `condition`; a deadline instead of a fixed pause."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    shot("timed-out")
    tree = "\n".join(f"{role} | {name}" for _, role, name in everything()) if application() else "(no window)"
    raise SystemExit(f"timed out waiting for {what}; the window shows:\n{tree}")


def application():
    desktop = pyatspi.Registry.getDesktop(0)
    for app in desktop:
        if app is not None and "phial" in (app.name or "").lower():
            return app
    return None


def has(obj, state):
    return obj.getState().contains(state)


def everything(root=None, depth=0):
    """(object, role, name) of all that is shown."""
    root = root if root is not None else application()
    if root is None or depth > 25:
        return []
    found = []
    try:
        role = root.getRoleName()
        if role != "application" and not has(root, pyatspi.STATE_SHOWING):
            return []
        found.append((root, role, root.name or ""))
        for child in root:
            if child is not None:
                found += everything(child, depth + 1)
    except Exception:  # an object that vanished while being looked at
        pass
    return found


def find(name, role=None, exact=True):
    for obj, r, n in everything():
        if (n == name if exact else name in n) and (role is None or r == role):
            return obj
    return None


def press(name, exact=True):
    def action():
        obj = find(name, exact=exact)
        if obj is None:
            return False
        try:
            obj.queryAction().doAction(0)
            return True
        except (NotImplementedError, LookupError):
            return False
    wait_for(f"the button '{name}'", action, 60)


def on_screen(text):
    """Whether a shown object holds this text."""
    return any(text in name for _, _, name in everything())


def shot(name):
    if shots:
        os.makedirs(shots, exist_ok=True)
        subprocess.run([os.path.join(SUPPORT, "run-headless"), "shot", os.path.join(shots, name + ".png")], check=False)


def activate():
    window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", TITLE], capture_output=True, text=True,
                            check=True).stdout.split()[-1]
    subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False)


def key(*keys):
    activate()
    keys_here(*keys)


def keys_here(*keys):
    """To whatever has the focus, a dialog for example."""
    subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True)


def type_text(text):
    subprocess.run(["xdotool", "type", "--delay", "12", text], check=True)


def click(obj):
    """With the pointer, in the middle of an object."""
    place = obj.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    subprocess.run(["xdotool", "mousemove", str(place.x + place.width // 2), str(place.y + place.height // 2),
                    "click", "1"], check=True)


def word_errors(said, heard):
    """Wrong, missing and added words, and how many were said."""
    a, b = said.lower().split(), heard.lower().split()
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1], len(a)
