#!/bin/sh
# Compiles launcher.c for both processors of Lambda, and read-ahead.S for x86_64. The results are committed: whoever
# builds a function has no compiler. On Debian 12: apt-get install gcc gcc-aarch64-linux-gnu. Writes to its argument, or to its own folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}

compile() {
  name=$1 compiler=$2
  shift 2
  "$compiler" -std=c11 -Os -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
    -fno-pie -no-pie -static -nostdlib -s -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,noseparate-code \
    "$@" -o "$out/$name" "$here/launcher.c"
}

compile launcher-x86_64 x86_64-linux-gnu-gcc -fcf-protection=none
compile launcher-arm64 aarch64-linux-gnu-gcc -Wl,-z,max-page-size=65536

object=$(mktemp)
x86_64-linux-gnu-as -o "$object" "$here/read-ahead.S"
x86_64-linux-gnu-objcopy -O binary -j .text "$object" "$out/read-ahead-x86_64"
rm "$object"
