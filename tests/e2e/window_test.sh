#!/usr/bin/env bash
# The real window on a private display with a virtual microphone: speech played into it, a picture dropped from another process,
# both together, and typed text; the answers on the screen are those of the terminal program.
# usage: window_test.sh PROGRAM SOURCE_FOLDER [SHOTS_FOLDER]. Exit status 77: a tool is missing.
set -euo pipefail
program=$1
source=$2
shots=${3:-}
/usr/bin/python3 -c 'import Xlib' 2>/dev/null || { echo "skipped: python3-xlib is not installed"; exit 77; }
# shellcheck source=tests/e2e/private_desktop.sh
source "$source/tests/e2e/private_desktop.sh"
private_desktop convert
"$support/run-headless" --bus --timeout 600 -- \
  /usr/bin/python3 "$source/tests/e2e/window_test.py" "$program" "$source" "$state" ${shots:+"$shots"}
