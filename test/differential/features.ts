import type { Features } from "./plan.ts";

export const ALL_FEATURES: Features = {
  cycles: true,
  earlyReads: true,
  topLevelAwait: true,
  mixed: true,
  typescript: true,
  typescriptCommonJs: true,
  namespacesInTypes: true,
  patches: true,
  syncedPatches: true,
  sameNamespace: true,
  sloppy: true,
  moduleObject: true,
  defaultOfNode: true,
  errors: true,
  missingImports: true,
};

/**
 * What isn't as in Node.js yet, and so is left out of generated graphs: each goes when it is mended. `npm run differential -- --all`
 * has them in.
 */
const OPEN: readonly (keyof Features)[] = [
  // What a module itself declares further down is undefined, where Node.js throws. It stays: such a module fails at its start under
  // Node.js, so nobody has one, and saying so would take a class for each name of every module (decision 21).
  "earlyReads",
];

export const FEATURES: Features = { ...ALL_FEATURES, ...Object.fromEntries(OPEN.map((name) => [name, false])) };
