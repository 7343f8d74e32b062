import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { InvalidArgumentError } from "commander";
import { type Arch, ARCHES } from "../project/types.ts";
import { variableProblem } from "../protocol/function-rules.ts";
import { messageOf } from "../support/system-error.ts";

/** Readers of option values, for commander. Each throws InvalidArgumentError, a usage error. */

export function toNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === "" || Number.isNaN(number)) throw new InvalidArgumentError("Not a number.");
  return number;
}

export function toPort(value: string): number {
  const port = toNumber(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

export function toVariable(
  value: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = value.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It takes the form NAME=VALUE.");
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}

/** A variable of a function: Lambda's names are narrower than a shell's. */
export function toFunctionVariable(
  value: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const given = toVariable(value);
  for (const name of Object.keys(given)) checkVariable(name);
  return { ...before, ...given };
}

/** The variables of a file as `node --env-file` reads it; of several files, the later ones count. */
export function toVariables(
  file: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new InvalidArgumentError(`The file can't be read: ${messageOf(cause)}`);
  }
  const variables = { ...before };
  for (const [name, content = ""] of Object.entries(parseEnv(text))) {
    checkVariable(name);
    variables[name] = content;
  }
  return variables;
}

function checkVariable(name: string): void {
  switch (variableProblem(name)) {
    case "reserved":
      throw new InvalidArgumentError(`Lambda sets ${name} itself; choose another name.`);
    case "malformed":
      throw new InvalidArgumentError(
        `Lambda takes no variable "${name}": a name is a letter, then at least one letter, digit or _.`,
      );
    case undefined:
      return;
  }
}

const OTHER_NAMES: Readonly<Record<string, Arch>> = {
  aarch64: "arm64",
  arm: "arm64",
  amd64: "x86_64",
  x64: "x86_64",
  x86: "x86_64",
  "x86-64": "x86_64",
  intel: "x86_64",
};

export function toArch(value: string): Arch {
  const arch = ARCHES.find((known) => known === value);
  if (arch !== undefined) return arch;
  const meant = OTHER_NAMES[value.toLowerCase()];
  const hint = meant === undefined ? "" : `\n(Did you mean ${meant}?)`;
  throw new InvalidArgumentError(`Allowed choices are ${ARCHES.join(", ")}.${hint}`);
}

export function toList(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
