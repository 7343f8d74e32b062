import process from "node:process";

let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` with the project root as the current directory: the engine writes the paths of source
 * maps relative to it, and they must not depend on where the command was started. The directory is
 * the process's own, so one after the other.
 */
export async function inProjectRoot<T>(root: string, work: () => Promise<T>): Promise<T> {
  const turn = queue.then(async () => {
    const before = process.cwd();
    process.chdir(root);
    try {
      return await work();
    } finally {
      process.chdir(before);
    }
  });
  // The next in line waits for this one's end, however it ends; its own caller gets the error.
  queue = turn.catch(() => undefined);
  return turn;
}
