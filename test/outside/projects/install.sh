#!/usr/bin/env bash
# Installs each project here into a cache, two at once, as npm had their packages on one day. Not below Mayfly's own
# packages, which would be found there too.
set -euo pipefail
cd "$(dirname "$0")"
day=2026-11-20
installed=${XDG_CACHE_HOME:-$HOME/.cache}/mayfly-test-projects

install_one() {
  local name=$1 folder=$installed/$1
  local stamp
  stamp=$( (cat "$name"/package.json install.sh; cat "$name"/prepare.sh 2>/dev/null || true) | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  rm -rf "$folder"
  mkdir -p "$installed"
  cp -RL "$name" "$folder"
  if [ -f "$folder/prepare.sh" ]; then (cd "$folder" && bash prepare.sh "$day"); else
    npm install --prefix "$folder" --before "$day" --no-package-lock --no-audit --no-fund --loglevel=error
  fi
  echo "$stamp" >"$folder/.stamp"
}
export -f install_one
export day installed

ls -d */ | tr -d / | xargs -P 2 -I{} bash -euo pipefail -c 'install_one {}'
