import { existsSync } from "node:fs";

/** Resolves once the file is there: how a test says when a handler may go on. */
export async function opened(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
}
