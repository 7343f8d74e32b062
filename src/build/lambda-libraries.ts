/** Of Amazon Linux 2023, which Lambda's provided.al2023 consists of: glibc 2.34, and libstdc++ of GCC 11. */
const VERSIONS: Readonly<Record<string, readonly number[]>> = { GLIBC: [2, 34], GLIBCXX: [3, 4, 29] };

/** What provided.al2023 has by itself, as far as add-ons ask for it. */
const LIBRARIES =
  /^(?:ld-linux-(?:x86-64|aarch64)|lib(?:c|m|dl|rt|pthread|util|resolv|anl|stdc\+\+|gcc_s|z|ssl|crypto))\.so\.\d+$/;

export function isOfLambda(library: string): boolean {
  return LIBRARIES.test(library);
}

/** The newest of symbol versions such as `GLIBC_2.38` that is beyond Lambda's. */
export function beyondLambda(versions: readonly string[]): string | undefined {
  return versions.filter(isBeyond).toSorted(byVersion).at(-1);
}

/** Names without a known prefix, such as `GLIBC_PRIVATE`, say nothing about age. */
function isBeyond(version: string): boolean {
  const known = VERSIONS[version.split("_", 1)[0] ?? ""];
  const numbers = numbersOf(version);
  if (known === undefined || numbers.some(Number.isNaN)) return false;
  return compare(numbers, known) > 0;
}

function numbersOf(version: string): readonly number[] {
  return version
    .slice(version.indexOf("_") + 1)
    .split(".")
    .map(Number);
}

function byVersion(a: string, b: string): number {
  return compare(numbersOf(a), numbersOf(b));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
