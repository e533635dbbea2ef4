#!/usr/bin/env bash
# A meeting in the real window, in one run: recorded through a virtual microphone that is pulled out and put back, killed, recovered,
# transcribed, translated, summarized, played by a click and listened to, exported in every format, searched.
# usage: meeting_test.sh PROGRAM SOURCE_FOLDER short|long [SHOTS_FOLDER]. Exit status 77: a tool is missing.
set -euo pipefail
program=$1
source=$2
length=$3
shots=${4:-}
support=$source/tests/support

for tool in Xvfb openbox xdotool import sox pulseaudio parec paplay dbus-run-session; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
/usr/bin/python3 -c 'import pyatspi' 2>/dev/null || { echo "skipped: python3-pyatspi is not installed"; exit 77; }

state=$(mktemp -d)
export VIRTUAL_MIC_DIR=$state/mic
export XDG_DATA_HOME=$state/data XDG_CONFIG_HOME=$state/config XDG_CACHE_HOME=$state/cache
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$state/out"
cleanup() {
  "$support/virtual-mic" stop >/dev/null 2>&1 || true
  rm -rf "$state"
}
trap cleanup EXIT
"$support/virtual-mic" start
eval "$("$support/virtual-mic" env)"
"$support/run-headless" --bus --timeout 900 -- \
  /usr/bin/python3 "$source/tests/e2e/meeting_window.py" "$program" "$source" "$state" "$length" ${shots:+"$shots"}
