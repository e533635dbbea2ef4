#!/usr/bin/env bash
# The real window on a private display with a virtual microphone: speech played into it, a picture dropped from another process,
# both together, and typed text; the answers on the screen are those of the terminal program.
# usage: window_test.sh PROGRAM SOURCE_FOLDER [SHOTS_FOLDER]. Exit status 77: a tool is missing.
set -euo pipefail
program=$1
source=$2
shots=${3:-}
support=$source/tests/support

for tool in Xvfb openbox xdotool convert import sox pulseaudio paplay dbus-run-session; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
/usr/bin/python3 -c 'import pyatspi, Xlib' 2>/dev/null || { echo "skipped: python3-pyatspi or python3-xlib is not installed"; exit 77; }

state=$(mktemp -d)
export VIRTUAL_MIC_DIR=$state/mic
export XDG_DATA_HOME=$state/data XDG_CONFIG_HOME=$state/config XDG_CACHE_HOME=$state/cache
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME"
cleanup() {
  "$support/virtual-mic" stop >/dev/null 2>&1 || true
  rm -rf "$state"
}
trap cleanup EXIT
"$support/virtual-mic" start
eval "$("$support/virtual-mic" env)"
"$support/run-headless" --bus --timeout 600 -- \
  /usr/bin/python3 "$source/tests/e2e/window_test.py" "$program" "$source" "$state" ${shots:+"$shots"}
