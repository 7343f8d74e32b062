import type { ErrorDocument } from "../protocol/error-document.ts";

/** A log event and a trailer have to hold it; longer messages are cut. Characters. */
const MAX_MESSAGE_LENGTH = 32 * 1024;
const MAX_FRAMES = 50;
const MAX_FRAME_LENGTH = 1_000;
/** It travels in a header too. */
const MAX_TYPE_LENGTH = 200;
/** `cause` chains and aggregates can be long, or circular. */
const MAX_DEPTH = 8;
const MAX_AGGREGATE = 20;

/** The names an error has when its class didn't choose one. */
const BUILT_IN_NAMES: ReadonlySet<string> = new Set([
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** What the engine calls errors that have no name of their own in Node.js. */
const ENGINE_NAMES: ReadonlyMap<string, string> = new Map([
  ["DNSException", "Error"],
  ["ResolveMessage", "Error"],
  ["BuildMessage", "SyntaxError"],
]);

/** Describes anything that can be thrown: errors, error-like objects, `null`, proxies, objects whose getters throw. */
export function describeError(thrown: unknown): ErrorDocument {
  return describe(thrown, 0, new Set());
}

/** Describes what a handler gave to `err()`: as a thrown value, but only an `Error` has a stack. */
export function describeReason(reason: unknown): ErrorDocument {
  if (typeof reason === "string") return { errorType: "Error", errorMessage: crop(reason), stackTrace: [] };
  const document = describeError(reason);
  return isError(reason) ? document : { ...document, stackTrace: [] };
}

function describe(thrown: unknown, depth: number, seen: Set<unknown>): ErrorDocument {
  if (typeof thrown !== "object" && typeof thrown !== "function") {
    return { errorType: typeof thrown, errorMessage: crop(primitiveText(thrown)), stackTrace: [] };
  }
  if (thrown === null) return { errorType: "null", errorMessage: "null", stackTrace: [] };
  seen.add(thrown);
  const message = textField(thrown, "message") ?? textField(thrown, "errorMessage");
  const base: ErrorDocument = {
    errorType: crop(errorType(thrown), MAX_TYPE_LENGTH),
    errorMessage: crop(
      (message === undefined ? undefined : withoutPlace(message)) ?? (isError(thrown) ? "" : describeObject(thrown)),
    ),
    stackTrace: stackFrames(textField(thrown, "stack"), message),
  };
  if (depth >= MAX_DEPTH) return base;

  const cause = read(thrown, "cause");
  const members = aggregated(thrown).filter((member) => !seen.has(member));
  return {
    ...base,
    ...(cause !== undefined && cause !== null && !seen.has(cause) && { cause: describe(cause, depth + 1, seen) }),
    ...(members.length > 0 && { errors: members.map((member) => describe(member, depth + 1, seen)) }),
  };
}

/** Shortens a document until its JSON fits: first the causes go, then frames, then most of the message. */
export function fitDocument(document: ErrorDocument, maxBytes: number): ErrorDocument {
  const { errorType: type, errorMessage, stackTrace } = document;
  const shorter: ErrorDocument[] = [
    document,
    { errorType: type, errorMessage, stackTrace },
    { errorType: type, errorMessage, stackTrace: stackTrace.slice(0, 5) },
    {
      errorType: crop(type, MAX_TYPE_LENGTH),
      errorMessage: crop(errorMessage, Math.floor(maxBytes / 8)),
      stackTrace: [],
    },
  ];
  return (
    shorter.find((candidate) => Buffer.byteLength(JSON.stringify(candidate)) <= maxBytes) ?? shorter.at(-1) ?? document
  );
}

/** A document as people read it in a log: type and message, frames, causes. */
export function formatDocument(document: ErrorDocument, indent = ""): string {
  const lines = [
    `${document.errorType}: ${document.errorMessage}`,
    ...document.stackTrace.map((frame) => `    ${frame}`),
  ];
  let whole = lines.join(`\n${indent}`);
  const deeper = `${indent}    `;
  if (document.cause !== undefined) whole += `\n${deeper}caused by ${formatDocument(document.cause, deeper)}`;
  for (const member of document.errors ?? []) whole += `\n${deeper}- ${formatDocument(member, deeper)}`;
  return whole;
}

/** The first members of an `AggregateError`, or of anything that looks like one. */
function aggregated(thrown: object): readonly unknown[] {
  try {
    const errors: unknown = Reflect.get(thrown, "errors");
    return Array.isArray(errors) ? errors.slice(0, MAX_AGGREGATE) : [];
  } catch {
    // A getter, or a proxy where the list should be: what it hides can't be told, the rest can.
    return [];
  }
}

export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    // A proxy that refuses to be asked.
    return false;
  }
}

/** The engine tells where it has the program's code, which is nothing a user knows. */
function withoutPlace(message: string): string {
  if (!message.includes("/$bunfs/")) return message;
  return message
    .replace(/ (?:imported )?from ['"]?\/\$bunfs\/[^\s'"]*['"]?/, "")
    .replace(/\nRequire stack:\n- \/\$bunfs\/.*/, "");
}

/** The class's own name, unless the error was given one: classes rarely set `name`, and then inherit "Error". */
function errorType(thrown: object): string {
  const name = textField(thrown, "name") ?? textField(thrown, "errorType") ?? textField(thrown, "type");
  const constructor = read(thrown, "constructor");
  const className = typeof constructor === "function" ? textField(constructor, "name") : undefined;
  const isOwn = !isError(thrown) || (name !== undefined && !BUILT_IN_NAMES.has(name));
  const chosen = (isOwn ? name || className : className || name) || "Error";
  return ENGINE_NAMES.get(chosen) ?? chosen;
}

function primitiveText(value: unknown): string {
  if (typeof value === "string") return value;
  const printable =
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || typeof value === "symbol";
  return printable ? value.toString() : "undefined";
}

function describeObject(thrown: object): string {
  try {
    return JSON.stringify(thrown) ?? "A value was thrown that JSON can't show";
  } catch {
    return "An object was thrown that can't be shown";
  }
}

/** The frames of `error.stack` that belong to the user, innermost first. What Mayfly itself threw has none to show. */
function stackFrames(stack: string | undefined, message: string | undefined): string[] {
  if (stack === undefined) return [];
  // The message stands in front of the frames and may look like one.
  const start = message === undefined || message === "" ? 0 : stack.indexOf(message);
  const frames = stack
    .slice(start === -1 ? 0 : start + (message ?? "").length)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "));
  const own = frames.filter((frame) => !FOREIGN_FRAME.test(frame));
  const shown = own.length > 0 || frames.some((frame) => RUNTIME_FRAME.test(frame)) ? own : frames;
  return shown.slice(0, MAX_FRAMES).map((frame) => crop(frame, MAX_FRAME_LENGTH));
}

const RUNTIME_FRAME = /node_modules\/mayfly\//;

/** Frames of the runtime and the engine. `$bunfs` is where an artifact without source map has everything. */
const FOREIGN_FRAME =
  /node_modules\/mayfly\/|\$bunfs|\((?:node|bun|internal):|at (?:node|bun|internal):|\(native|at native|\(unknown|at unknown|<anonymous>\)?$/;

function read(target: object, key: string): unknown {
  try {
    return Reflect.get(target, key);
  } catch {
    // A getter that throws: what it hides can't be told, the rest can.
    return undefined;
  }
}

/** A field of something that was thrown; `undefined` where it isn't text, or hides. */
export function textField(target: object, key: string): string | undefined {
  const value = read(target, key);
  return typeof value === "string" ? value : undefined;
}

function crop(value: string, most: number = MAX_MESSAGE_LENGTH): string {
  return value.length <= most ? value : `${value.slice(0, most)}… (${value.length - most} more characters)`;
}
