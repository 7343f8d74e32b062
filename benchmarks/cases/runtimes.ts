/** In the order of the tables. */
export const RUNTIMES = ["mayfly", "aws", "aws-unbundled", "bun", "deno", "llrt", "original"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

export const RUNTIME_TITLES: Readonly<Record<RuntimeName, string>> = {
  mayfly: "Mayfly",
  aws: "AWS's client, bundled",
  "aws-unbundled": "AWS's client, not bundled",
  bun: "plain Bun",
  deno: "Deno",
  llrt: "LLRT",
  original: "the original",
};
