import manifest from "../package.json" with { type: "json" };

/** Mayfly's own. In a bundle this module is the number alone: `mayflySources` writes it. */
export const VERSION: string = manifest.version;
