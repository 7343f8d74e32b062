import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError } from "commander";
import { isDirectory, isFile } from "../support/files.ts";
import { jsonProblem } from "../support/json-problem.ts";
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
  const problem = jsonProblem(event);
  if (problem === undefined) return Buffer.from(event);
  const { line, column, found } = problem;
  const name = flags.event === undefined || flags.event === "-" ? "stdin" : flags.event;
  const where = flags.data === undefined ? `The event in ${name}` : "The event given with --data";
  return refuse(
    `${where} is not JSON: line ${line}, column ${column} has ${found}, which can't be there`,
    flags.data === undefined ? undefined : dataHint(flags.data),
    command,
  );
}

async function readEventFile(file: string | undefined, command: Command): Promise<string> {
  if (file === undefined) return "{}";
  if (file === "-") return "-";
  if (isDirectory(file)) {
    const [first] = readdirSync(file).filter((name) => name.endsWith(".json"));
    const hint = first === undefined ? undefined : `A file, such as: --event ${join(file, first)}`;
    return refuse(`The event can't be read: ${file} is a folder`, hint, command);
  }
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const hint = isJson(file) ? `The event itself goes to --data: --data '${file}'` : undefined;
    return refuse(`The event can't be read: ${messageOf(error)}`, hint, command);
  }
}

function dataHint(data: string): string | undefined {
  if (isFile(data)) return `It is a file: --event ${data}`;
  return /^\s*[{[]/.test(data)
    ? `Names and texts stand in ", and the whole in ' for the shell: --data '{"name":"Ada"}'`
    : undefined;
}

/** The hint stands in brackets on a line of its own, as commander writes it. */
function refuse(message: string, hint: string | undefined, command: Command): never {
  return command.error(hint === undefined ? message : `${message}\n(${hint})`, {
    exitCode: USAGE,
    code: "mayfly.event",
  });
}

export function isJson(text: string): boolean {
  return /^\s*[{["]/.test(text) && jsonProblem(text) === undefined;
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

export function toDash(value: string): string {
  if (value !== "-")
    throw new InvalidArgumentError("Only - (stdin) can follow the function's name; a file is given with --event.");
  return value;
}
