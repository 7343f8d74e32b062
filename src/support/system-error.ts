import { readField } from "./read-field.ts";

/**
 * The code of an error of the operating system, such as `ENOENT`. Asked by shape: a test runner that runs modules in a
 * realm of their own gives them an `Error` that Node's errors are no instance of.
 */
export function systemErrorCode(error: unknown): string | undefined {
  const code = readField(error, "code");
  return typeof code === "string" ? code : undefined;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  const message = readField(error, "message");
  return typeof message === "string" ? message : String(error);
}
