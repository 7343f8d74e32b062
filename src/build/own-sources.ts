import { join } from "node:path";

/** Where Mayfly's own sources seem to lie in the bundle of the project in `root`, wherever they are installed. */
export function ownSources(root: string): string {
  return join(root, "node_modules", "mayfly", "src");
}
