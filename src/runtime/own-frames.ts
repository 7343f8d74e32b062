import { textField } from "./describe-error.ts";
import { PROGRAM, withoutPlace } from "./engine/bun-place.ts";

/** Where the build puts the runtime's sources, as frames tell it. */
const RUNTIME = "node_modules/mayfly/";
/** Without source maps: the chunk that a start begins with has nothing else. */
const START = `${PROGRAM}bootstrap`;

/**
 * Leaves the runtime's frames out of what `error.stack` says: below the user's function they are the same for each
 * error, and loggers print them. Stacks are put into words when they are first read, so no error costs more unread.
 * What a library sets in this one's place holds, as ever.
 */
export function leaveOutOwnFrames(): void {
  const engineFormat = Error.prepareStackTrace?.bind(Error);
  if (engineFormat === undefined) return;
  Error.prepareStackTrace = (error, frames): string => {
    // `Error.captureStackTrace` takes anything; the engine puts only what was made as an error into words here.
    const head = Error.isError(error) ? String(engineFormat(error, [])) : headOf(error);
    return [head, ...usersFrames(frames).map(lineOf)].join("\n");
  };
}

/** With the engine's own frames where the user's code called them, and not where the runtime did. */
function usersFrames(frames: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  const isRuntime = (frame: NodeJS.CallSite | undefined): boolean => {
    const file = frame?.getFileName();
    return file?.includes(RUNTIME) === true || file === START;
  };
  const users = frames.filter(
    (frame, index) =>
      !isRuntime(frame) && !(frame.isNative() && (isRuntime(frames[index - 1]) || isRuntime(frames[index + 1]))),
  );
  // What the runtime itself threw has no other.
  return users.length > 0 ? users : frames;
}

function lineOf(frame: NodeJS.CallSite): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- its type lacks the method
  return `    at ${frame.isAsync() ? "async " : ""}${withoutPlace(String(frame))}`;
}

function headOf(target: object): string {
  const name = textField(target, "name") ?? "Error";
  const message = textField(target, "message") ?? "";
  return message === "" ? name : `${name}: ${message}`;
}
