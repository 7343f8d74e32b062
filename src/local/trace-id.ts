import { randomBytes } from "node:crypto";

/** `Root=1-TIME-ID;Parent=ID;Sampled=0`, as X-Ray makes them. */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}
