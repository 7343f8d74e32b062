import type { WebConfig } from "../config.ts";
import { type Range, TIMEOUT_SECONDS } from "../protocol/function-rules.ts";
import type { WebSettings } from "../protocol/web-settings.ts";
import { isFields } from "../support/read-field.ts";
import { describe, type ReportProblem, reportUnknownKeys, text, wholeNumber } from "./config-values.ts";

/** `web` of a config after checking; how the command is run is settled by the build. */
export type CheckedWeb = Omit<WebSettings, "command"> & { readonly command?: readonly string[] };

const WEB_KEYS = [
  "command",
  "port",
  "readyPath",
  "startTimeout",
  "eventPath",
] as const satisfies readonly (keyof WebConfig)[];
const TCP_PORTS: Range = { min: 1, max: 65_535 };
/** What only a shell understands. */
const SHELL_SYNTAX = /["'`\\$&|;<>()*?~]/;

/** Always a result: of what is wrong nothing is kept but that there is a server. */
export function checkWeb(value: unknown, path: string, report: ReportProblem): CheckedWeb {
  if (!isFields(value)) {
    report(path, `must be an object such as { command: "node server.js" }, but it is ${describe(value)}`);
    return {};
  }
  reportUnknownKeys(value, WEB_KEYS, path, report);
  const command = checkCommand(value["command"], `${path}.command`, report);
  const port = wholeNumber(value["port"], `${path}.port`, TCP_PORTS, "a TCP port", report);
  const readyPath = checkPath(value["readyPath"], `${path}.readyPath`, report);
  const eventPath = checkPath(value["eventPath"], `${path}.eventPath`, report);
  const startTimeout = wholeNumber(value["startTimeout"], `${path}.startTimeout`, TIMEOUT_SECONDS, "seconds", report);
  return {
    ...(command !== undefined && { command }),
    ...(port !== undefined && { port }),
    ...(readyPath !== undefined && { readyPath }),
    ...(startTimeout !== undefined && { startTimeout }),
    ...(eventPath !== undefined && { eventPath }),
  };
}

function checkCommand(value: unknown, path: string, report: ReportProblem): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    const words: readonly unknown[] = value;
    const texts = words.filter((word) => typeof word === "string");
    if (texts.length === words.length && texts[0] !== undefined && texts[0] !== "") return texts;
    report(path, 'must be a list of words, such as ["node", "server.js"]');
    return undefined;
  }
  const line = text(value, path, report);
  if (line === undefined) return undefined;
  if (SHELL_SYNTAX.test(line)) {
    report(path, `is run without a shell: write a list of words, such as ["sh", "-c", ${JSON.stringify(line)}]`);
    return undefined;
  }
  const words = line.trim().split(/\s+/);
  if (words[0] !== "") return words;
  report(path, "must not be empty");
  return undefined;
}

function checkPath(value: unknown, path: string, report: ReportProblem): string | undefined {
  const given = text(value, path, report);
  if (given === undefined || /^\/[^\s#]*$/.test(given)) return given;
  report(path, `must be the path of a URL, such as "/health", but it is ${describe(given)}`);
  return undefined;
}
