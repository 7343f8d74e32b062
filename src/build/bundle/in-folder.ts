import process from "node:process";

let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` with another current directory: the engine writes its unfinished output there, which stays when it is
 * killed, and the paths of source maps from there. The directory is the process's own, so one after the other.
 */
export async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const turn = queue.then(async () => {
    const before = process.cwd();
    process.chdir(folder);
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
