import { isDigits } from "../../protocol/digits.ts";

export interface RuntimeApiAddress {
  readonly host: string;
  readonly port: number;
  /** For the `Host` header. */
  readonly authority: string;
  /** Empty on Lambda; some emulators tell their functions apart by a path in front. */
  readonly prefix: string;
}

/** Reads `AWS_LAMBDA_RUNTIME_API`: `host:port`, IPv6 hosts in brackets. Throws a `TypeError` when it is anything else. */
export function parseAddress(address: string): RuntimeApiAddress {
  const slash = address.indexOf("/");
  const authority = slash === -1 ? address : address.slice(0, slash);
  const path = slash === -1 ? "" : address.slice(slash);
  const colon = authority.lastIndexOf(":");
  const named = authority.slice(0, Math.max(colon, 0));
  const bracketed = named.startsWith("[") && named.endsWith("]");
  const host = bracketed ? named.slice(1, -1) : named;
  const digits = authority.slice(colon + 1);
  const valid =
    host !== "" &&
    host.includes(":") === bracketed &&
    isPlain(host) &&
    isPlain(path) &&
    isDigits(digits) &&
    Number(digits) <= 65_535;
  if (!valid) throw new TypeError(`AWS_LAMBDA_RUNTIME_API is not host:port: "${address}"`);
  return { host, port: Number(digits), authority, prefix: path.endsWith("/") ? path.slice(0, -1) : path };
}

function isPlain(part: string): boolean {
  for (const character of part) if (character <= " " || "[]?#".includes(character)) return false;
  return true;
}
