import type { IncomingMessage } from "node:http";

export type RequestBody =
  | { readonly kind: "complete"; readonly bytes: Buffer }
  /** `bytes` is what the sender declared, or at least what it had sent by then. */
  | { readonly kind: "too-large"; readonly bytes: number }
  /** The connection closed first. */
  | { readonly kind: "truncated" };

/** Reads a body of at most `limit` bytes. Never holds more than that in memory; never rejects. */
export async function readBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > limit) {
    request.resume();
    return { kind: "too-large", bytes: declared };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    const finish = (body: RequestBody): void => {
      request.off("data", take);
      resolve(body);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      finish({ kind: "too-large", bytes: length });
      // Discards the rest, so that the sender gets to read the answer.
      request.resume();
    };
    request.on("data", take);
    request.once("end", () => {
      finish(request.complete ? { kind: "complete", bytes: Buffer.concat(chunks) } : { kind: "truncated" });
    });
    request.once("error", () => finish({ kind: "truncated" }));
    request.once("close", () => finish({ kind: "truncated" }));
  });
}
