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
  // Modules in a ring read each other's classes and constants before these are there: undefined instead of an error.
  "cycles",
  // The same for what a module declares further down.
  "earlyReads",
  // ES modules with top-level await run one after the other.
  "topLevelAwait",
  // CommonJS that an ES module imports runs behind the other imports.
  "mixed",
  // As `mixed`, for what tsc makes CommonJS of.
  "typescriptCommonJs",
  // The second class of a name that lies in a namespace of TypeScript is called otherwise.
  "namespacesInTypes",
  // A function of the engine that is replaced is seen by who took it before.
  "patches",
  // CommonJS runs as strict code.
  "sloppy",
  // `module.id` and its kin.
  "moduleObject",
  // The default of a namespace of a module of the engine that is a function.
  "defaultOfNode",
  // The message names where the compiled program has its files.
  "missingImports",
];

export const FEATURES: Features = { ...ALL_FEATURES, ...Object.fromEntries(OPEN.map((name) => [name, false])) };
