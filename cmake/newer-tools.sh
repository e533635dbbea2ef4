#!/usr/bin/env bash
# Debian 12's shader compiler and software device know no cooperative matrices. This fetches those of Debian 13 into a folder
# of their own, with the libraries they need; the system's packages stay as they are. CMake looks for them in
# build/newer-tools. Needs the Debian mirror that apt uses.
set -euo pipefail

if [[ $# -lt 1 || $# -gt 2 || ${2:-device} != device ]]; then
  cat >&2 <<'EOT'
usage: newer-tools.sh DIR [device]

  DIR/bin/glslc, DIR/bin/spirv-val   the shader compiler and its validator
  DIR/bin/on-lavapipe PROGRAM...     with "device": runs a program on a lavapipe that has cooperative matrices
EOT
  exit 2
fi
mkdir -p "$1/bin"
dir=$(cd "$1" && pwd)
suites=(trixie)
wanted=(glslc spirv-tools)
if [[ ${2:-} == device ]]; then
  suites+=(trixie-backports)
  wanted+=(mesa-vulkan-drivers libvulkan1 vulkan-validationlayers libstdc++6)
fi

# shellcheck disable=SC2016  # apt's own notation
mirror=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "Debian" && $2 == "main" {print $3; exit}')
[[ -n $mirror ]] || { echo "newer-tools.sh: apt has no Debian mirror; run apt-get update" >&2; exit 1; }
work=$(mktemp -d "$dir/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial"
: >"$work/installed" # nothing is: every library counts as missing
for suite in "${suites[@]}"; do
  echo "deb [arch=$(dpkg --print-architecture) signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/sources"
private_apt() {
  apt-get -qq -o "Dir::Etc::SourceList=$work/sources" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
    -o Dir::Etc::PreferencesParts=/dev/null -o "Dir::State=$work" -o "Dir::State::Lists=$work/lists" \
    -o "Dir::State::Status=$work/installed" -o "Dir::Cache=$work" -o "Dir::Cache::Archives=$work/archives" \
    -o APT::Install-Recommends=0 -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o Acquire::Languages=none \
    -o "APT::Default-Release=${suites[-1]}" "$@" >&2
}
private_apt update
private_apt -y --download-only install "${wanted[@]}"
rm -rf "$dir/root"
for package in "$work"/archives/*.deb; do
  dpkg -x "$package" "$dir/root"
done

# Programs run through the C library that came with them.
loader=$(find "$dir/root" -name 'ld-linux*.so.*' -print -quit)
libraries=$(dirname "$(find "$dir/root" -name 'libc.so.6' -print -quit)")
[[ -n $loader && -n $libraries ]] || { echo "newer-tools.sh: the packages hold no C library" >&2; exit 1; }
for tool in glslc spirv-val; do
  printf '#!/bin/sh\nexec "%s" --inhibit-cache --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" \
    "$dir/root/usr/bin/$tool" >"$dir/bin/$tool"
done
if [[ ${2:-} == device ]]; then
  driver=$(find "$dir/root/usr/share/vulkan/icd.d" -name 'lvp*.json' -print -quit)
  sed "s#\"library_path\": *\"#&$libraries/#" "$driver" >"$dir/lavapipe.json"
  cat >"$dir/bin/on-lavapipe" <<EOT
#!/bin/sh
export VK_DRIVER_FILES="$dir/lavapipe.json" VK_ICD_FILENAMES="$dir/lavapipe.json"
export VK_LAYER_PATH="$dir/root/usr/share/vulkan/explicit_layer.d" VK_LOADER_LAYERS_DISABLE='~implicit~'
program=\$1
shift
exec "$loader" --library-path "$libraries" --argv0 "\$program" "\$program" "\$@"
EOT
fi
chmod +x "$dir"/bin/*
