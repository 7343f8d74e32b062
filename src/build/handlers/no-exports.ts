import { readFileSync } from "node:fs";
import { Fault } from "../../fault.ts";
import type { Entry } from "../../project/types.ts";
import type { ExportedClass } from "./exports.ts";

/** Starts of servers, as Node.js and others write them. */
const LISTENS = /\.\s*listen\s*\(|\b(?:Bun|Deno)\.serve\s*\(/;

export function noExports(entry: Entry, classes: readonly ExportedClass[]): Fault {
  const message = `${entry.file} exports nothing that can be a handler.`;
  return new Fault("MAYFLY_NO_EXPORTS", message, { hint: hintOf(entry, classes).join("\n") });
}

function hintOf(entry: Entry, [first]: readonly ExportedClass[]): readonly string[] {
  if (LISTENS.test(readFileSync(entry.file, "utf8"))) return SERVER_HINT;
  return first === undefined ? handlerHint(entry) : [classHint(first, entry)];
}

/** What is said of a class where a handler is wanted. */
export function classHint({ name, methods: [method = "handle"] }: ExportedClass, entry: Entry): string {
  const own = name === "default" ? "Api" : name;
  const instance = own.charAt(0).toLowerCase() + own.slice(1);
  const file = entry.module.split("/").at(-1) ?? entry.module;
  return [
    `${name === "default" ? "The default export" : name} is a class, which Lambda can't construct. Export an instance, whose methods are handlers:`,
    "",
    `  export const ${instance} = new ${own}();   // ${file}.${instance}.${method}`,
  ].join("\n");
}

const SERVER_HINT = [
  "It starts a server. Lambda calls a function, so export the app instead of listening, and it is the handler:",
  "",
  "  export default app;",
  "",
  "Or keep the server as it is, as one that listens by itself, in mayfly.config.ts:",
  "",
  `  export default defineConfig({ web: { command: "node server.js" } });`,
];

function handlerHint(entry: Entry): readonly string[] {
  return [
    "A handler is an exported function:",
    "",
    `  export function handle(event: unknown) {`,
    `    return { message: "Hello" };`,
    `  }`,
    "",
    `Its handler string is then "${entry.module.split("/").at(-1) ?? entry.module}.handle".`,
  ];
}
