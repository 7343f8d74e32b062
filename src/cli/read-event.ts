import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError } from "commander";
import { messageOf } from "../support/system-error.ts";

/** The options of a command that gives a function an event. */
export interface EventFlags {
  /** A file, or `-` for stdin. */
  readonly event?: string;
  readonly data?: string;
}

const USAGE = 2;

/** The flags as they are when a bare `-` means that the event comes from stdin. */
export function eventFlags<T extends EventFlags>(given: T, fromStdin: boolean, command: Command): T {
  if (!fromStdin) return given;
  if ((given.event ?? given.data) !== undefined) {
    command.error("The event comes from stdin (-) or from --event or --data, not from both", { exitCode: USAGE });
  }
  return { ...given, event: "-" };
}

/** The event's JSON, `{}` where there is none; what is no event ends in a usage error. */
export async function readEvent(flags: EventFlags, command: Command): Promise<Buffer> {
  const source = flags.data ?? (await readEventFile(flags.event, command));
  const event = source === "-" ? await text(process.stdin) : source;
  if (event.trim() === "") return Buffer.from("{}");
  if (parseJson(event) === undefined) {
    const where = flags.data === undefined ? `The event in ${flags.event ?? "stdin"}` : "The event given with --data";
    command.error(`${where} is not JSON: ${jsonProblem(event)}`, { exitCode: USAGE, code: "mayfly.event" });
  }
  return Buffer.from(event);
}

async function readEventFile(file: string | undefined, command: Command): Promise<string> {
  if (file === undefined) return "{}";
  if (file === "-") return "-";
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    return command.error(`The event can't be read: ${messageOf(error)}`, { exitCode: USAGE, code: "mayfly.event" });
  }
}

/** `undefined` for what is no JSON. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // The caller shows it as text, or says what is wrong with it.
    return undefined;
  }
}

function jsonProblem(source: string): string {
  try {
    JSON.parse(source);
    return "";
  } catch (error) {
    return messageOf(error);
  }
}

export function toDash(value: string): string {
  if (value !== "-") throw new InvalidArgumentError("Only - (stdin) can follow the function's name.");
  return value;
}
