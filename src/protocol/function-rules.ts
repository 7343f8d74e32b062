import { RESERVED_VARIABLES } from "./reserved-variables.ts";

/**
 * What Lambda takes for the settings of a function; whoever refuses something says so in words of their own.
 * Source: AWS Lambda API reference, `CreateFunction`, and AWS Lambda Developer Guide, "Lambda quotas".
 */

/** Both ends are in it. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const MEMORY_MB: Range = { min: 128, max: 10_240 };
export const DEFAULT_MEMORY_MB = 128;
export const TIMEOUT_SECONDS: Range = { min: 1, max: 900 };
export const DEFAULT_TIMEOUT_SECONDS = 3;
/** All keys and values together. */
export const MAX_ENVIRONMENT_BYTES = 4_096;

export function isWholeNumberIn(value: number, { min, max }: Range): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** 1 to 64 letters, digits, hyphens and underscores. */
export function isFunctionName(name: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(name);
}

/** Why a function can't set a variable of this name. One is a letter, then at least one letter, digit or underscore. */
export function variableProblem(name: string): "reserved" | "malformed" | undefined {
  if (RESERVED_VARIABLES.includes(name)) return "reserved";
  return /^[a-zA-Z][a-zA-Z0-9_]+$/.test(name) ? undefined : "malformed";
}

/** What counts towards `MAX_ENVIRONMENT_BYTES`. */
export function environmentBytes(variables: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(variables)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
