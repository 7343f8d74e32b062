#!/bin/sh
# Runs in the container of `mayfly build --docker`, with the project in the current folder:
#   release.sh MIX_ENV DEFAULT_MIX_ENV RUN
# MIX_ENV is what the caller wants, else empty: then the image's own counts, then the default. RUN differs each time, so
# that no engine takes an earlier run's outcome for this one's.
# It always succeeds, and leaves what happened in /var/mayfly: `outcome` is missing, mix or packed.
out=/var/mayfly
cache=/var/cache/mayfly
here=$(dirname "$0")
work=$cache/work
rm -rf "$out" "$work"
mkdir -p "$out" "$work"

export MIX_ENV="${1:-${MIX_ENV:-$2}}"
export MIX_BUILD_PATH="$cache/build/$MIX_ENV"
# Elixir reads and writes UTF-8 only where the locale says so.
export LC_ALL=C.UTF-8
# A project that sends its dependencies along has them used.
[ -d deps ] || export MIX_DEPS_PATH="$cache/deps"

if ! command -v mix || ! command -v escript; then
  echo missing >"$out/outcome"
  exit 0
fi >/dev/null

echo mix >"$out/outcome"
{
  mix deps.get --only "$MIX_ENV" &&
    mix release --overwrite --path "$work/release" &&
    echo packed >"$out/outcome"
} </dev/null 2>&1 | tee "$out/mix.log"

if [ "$(cat "$out/outcome")" = packed ]; then
  escript "$here/../build/build.escript" "$here/../src" "$work/agent" "$work/release" "$out/beam" "$MIX_BUILD_PATH" "$PWD" \
    >"$out/result.json" 2>"$out/result.log"
fi
rm -rf "$work"
