import { join } from "node:path";

/** What builds keep in the folder where they are started. Never packed. */
export const OWN_FOLDER = ".mayfly";

/** Where a bootstrap goes with what lies beside it, if nobody said where and the folder isn't one for that. */
export function unpackedFolder(cwd: string): string {
  return join(cwd, OWN_FOLDER, "lambda");
}
