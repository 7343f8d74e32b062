#!/usr/bin/env bash
# Runs Elixir's tests with the Erlang and Elixir of a newer Debian suite, in a chroot that is gone afterwards:
#   sudo test/outside/elixir-newer.sh [suite]        default: trixie, which has OTP 27 and Elixir 1.18; forky has OTP 29 and 1.20
# Without those of building for Lambda, which a newer C library than Lambda's makes impossible by design.
# Needs debootstrap and Debian's mirror. Not part of .ci/run, whose Erlang is that of the machine.
set -euo pipefail
suite=${1:-trixie}
root=$(cd "$(dirname "$0")/../.." && pwd)
chroot=$(mktemp -d)

cleanup() {
  mountpoint -q "$chroot/repository" && umount "$chroot/repository"
  mountpoint -q "$chroot/proc" && umount "$chroot/proc"
  mountpoint -q "$chroot/dev" && umount -R -l "$chroot/dev"
  # Never into what is still mounted.
  rm -rf --one-file-system "$chroot"
}
trap cleanup EXIT

# A suite that debootstrap is older than is made as all of them are.
script=/usr/share/debootstrap/scripts/$suite
test -e "$script" || script=/usr/share/debootstrap/scripts/sid
debootstrap --variant=minbase \
  --include=ca-certificates,elixir,erlang-base,erlang-crypto,erlang-dev,erlang-parsetools,erlang-syntax-tools,erlang-xmerl,libatomic1 \
  "$suite" "$chroot" http://deb.debian.org/debian "$script" >/dev/null
# An older Node.js runs on a newer glibc.
cp "$(readlink -f "$(command -v node)")" "$chroot/usr/local/bin/node"
mkdir "$chroot/repository"
mount --bind "$root" "$chroot/repository"
mount -t proc proc "$chroot/proc"
mount --rbind --make-rslave /dev "$chroot/dev"

chroot "$chroot" /usr/bin/env -i CI=true LANG=C.UTF-8 HOME=/root PATH=/usr/local/bin:/usr/bin:/bin \
  bash -c 'cd /repository && elixir --version && exec node node_modules/vitest/vitest.mjs run contract/elixir local/elixir elixir/json'
