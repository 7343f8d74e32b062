#!/bin/sh
# Compiles launcher.c for both processors of Lambda, supervisor.c for those of whoever develops, and read-ahead.S for
# x86_64. The results are committed: whoever builds a function has no compiler. On Debian 12:
# apt-get install gcc gcc-aarch64-linux-gnu. Writes to its argument, or to its own folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}

compile() {
  program=$1 processor=$2 compiler=$3
  shift 3
  "$compiler" -std=c11 -Os -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
    -fno-pie -no-pie -static -nostdlib -s -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,noseparate-code \
    "$@" -o "$out/$program-$processor" "$here/$program.c"
}

for program in launcher supervisor; do
  compile $program x86_64 x86_64-linux-gnu-gcc -fcf-protection=none
  compile $program arm64 aarch64-linux-gnu-gcc -Wl,-z,max-page-size=65536
done

object=$(mktemp)
x86_64-linux-gnu-as -o "$object" "$here/read-ahead.S"
x86_64-linux-gnu-objcopy -O binary -j .text "$object" "$out/read-ahead-x86_64"
rm "$object"
