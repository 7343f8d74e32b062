import type { Variables } from "./context.ts";
import { bootstrapPath } from "./package-root.ts";

/**
 * Honours `AWS_LAMBDA_EXEC_WRAPPER`: replaces this process by the wrapper, with the bootstrap as its argument. On
 * managed runtimes the platform's own bootstrap does that; an OS-only runtime has to do it itself.
 * Source: lambda "Modifying the runtime environment", "Wrapper scripts".
 *
 * Returns only when there is nothing to do. A wrapper that can't be run ends the process with 127, as a shell would.
 */
export function execWrapper(
  environment: Variables,
  writeLine: (line: string) => void,
  exit: (code: number) => never,
): void {
  const wrapper = environment["AWS_LAMBDA_EXEC_WRAPPER"];
  if (!wrapper) return;
  const { accessSync, constants } = process.getBuiltinModule("node:fs");
  const fail = (error: unknown): never => {
    writeLine(`AWS_LAMBDA_EXEC_WRAPPER is "${wrapper}", which can't be run: ${String(error)}`);
    return exit(127);
  };
  try {
    accessSync(wrapper, constants.X_OK);
  } catch (error) {
    fail(error);
  }
  // The wrapper starts the bootstrap again: that one must not look for a wrapper.
  const { AWS_LAMBDA_EXEC_WRAPPER: _, ...rest } = environment;
  const env = Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  // In Node.js since 22.15 and in Bun; the type packages of older Node.js don't know it.
  const execve: unknown = Reflect.get(process, "execve");
  if (typeof execve !== "function") return fail("the process could not be replaced");
  try {
    Reflect.apply(execve, process, [wrapper, [wrapper, bootstrapPath(process.execPath)], env]);
  } catch (error) {
    // A folder, or a script without a #! line.
    fail(error);
  }
}
