#!/usr/bin/env bash
# Gets source archives of Debian, which hold tests that no package of npm has: those that debian-sources.txt names, each
# with its folder here. From the mirror that apt uses, kept in .ci/cache/debian; what it lacks is left out. Elsewhere than on Debian it does nothing,
# and the suites that need them are skipped.
set -euo pipefail
cd "$(dirname "$0")"
helper=/usr/lib/apt/apt-helper
[ -x "$helper" ] || { echo "no apt here: without the tests from Debian's sources" >&2; exit 0; }
cache=$PWD/../../.ci/cache/debian
mkdir -p "$cache"
mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1 || true
}
# Known only from its lists.
if [ -z "$(mirror)" ]; then apt-get update -qq; fi
mirror=$(mirror)

while read -r folder archive sum members; do
  case $folder in '' | '#'*) continue ;; esac
  if [ "$(cat "$folder/.archive" 2>/dev/null)" = "$sum $members" ]; then continue; fi
  file=$cache/$(basename "$archive")
  # Tells of an archive that is there already and whole.
  "$helper" download-file "${mirror%/}/$archive" "$file" "SHA256:$sum" >/dev/null || continue
  rm -rf "$folder"
  mkdir -p "$folder"
  tar -xf "$file" -C "$folder" --strip-components=1 --wildcards "$members"
  echo "$sum $members" > "$folder/.archive"
done < debian-sources.txt
