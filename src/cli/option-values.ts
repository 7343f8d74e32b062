import { InvalidArgumentError } from "commander";

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

export function toList(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
