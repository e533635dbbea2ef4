# shellcheck shell=bash
# Sourced by the tests of the real window: what they need, folders of their own, a virtual microphone. Sets `support` and `state`;
# all is gone when the script ends. Needs `source`, the source folder.
# usage: private_desktop TOOL...  (beside those that every such test needs). Exit status 77: a tool is missing.
private_desktop() {
  local tool
  support=${source:?}/tests/support
  for tool in Xvfb openbox xdotool import sox pulseaudio paplay dbus-run-session "$@"; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
  done
  /usr/bin/python3 -c 'import pyatspi' 2>/dev/null || { echo "skipped: python3-pyatspi is not installed"; exit 77; }

  state=$(mktemp -d)
  export VIRTUAL_MIC_DIR=$state/mic
  export XDG_DATA_HOME=$state/data XDG_CONFIG_HOME=$state/config XDG_CACHE_HOME=$state/cache
  mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME"
  trap leave_private_desktop EXIT
  "$support/virtual-mic" start
  eval "$("$support/virtual-mic" env)"
}

leave_private_desktop() {
  "$support/virtual-mic" stop >/dev/null 2>&1 || true
  rm -rf "$state"
}
