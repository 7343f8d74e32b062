/**
 * Calls of the engine's functions that have the same result without their modules, whose loading costs a start
 * more than the calls. The AWS SDK's constructors make them, to look for configuration files that a Lambda function
 * doesn't have.
 */

export type Callable = (...args: readonly unknown[]) => unknown;

/** Takes what was called only if it has to: `read` loads the module. */
type Answer = (read: () => Callable, args: readonly unknown[]) => unknown;

/** By module and name; each takes the function itself for all that it doesn't know the answer to. */
export const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ["path.join", join],
  ["fs/promises.readFile", readFile],
]);

/** Empty parts, `.` and `..` are what `join` resolves; without any, the parts stay as they are. */
const UNRESOLVED = /(?:^|\/)\.{0,2}(?:\/|$)/;

function join(read: () => Callable, args: readonly unknown[]): unknown {
  if (args.every((part) => typeof part === "string") && args[0]?.startsWith("/") === true) {
    const joined = args.join("/");
    if (!UNRESOLVED.test(joined.slice(1))) return joined;
  }
  return read()(...args);
}

/** A file that isn't there fails with the same error, of the engine's own making; any other is read by the function. */
async function readFile(read: () => Callable, args: readonly unknown[]): Promise<unknown> {
  const [path, encoding, ...more] = args;
  const isPlain = typeof path === "string" && path.startsWith("/") && !path.includes("\0");
  if (!isPlain || encoding !== "utf8" || more.length > 0 || typeof Bun === "undefined") return read()(...args);
  const file = Bun.file(path);
  // 0 for what isn't there. To open a pipe or a device, whose size is no number, would be an effect.
  if (file.size === 0) {
    try {
      await file.text();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") throw error;
    }
  }
  return read()(...args);
}
