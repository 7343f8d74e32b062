/** `bytes` is twice as fast as `arrayBuffer` where it exists, which in Node.js it does from 22 on. */
export const readAll: (response: Response) => Promise<Uint8Array> =
  "bytes" in Response.prototype
    ? (response) => response.bytes()
    : async (response) => new Uint8Array(await response.arrayBuffer());

/**
 * The whole body of a response; `undefined` when it has more than `limit` bytes, with the rest given up: for streams
 * that may never end and must not fill the memory. Ten microseconds more than reading at once a body that is in memory.
 */
export async function readUpTo(limit: number, response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let step = await reader?.read(); step?.done === false; step = await reader?.read()) {
    chunks.push(step.value);
    size += step.value.length;
    if (size <= limit) continue;
    await reader?.cancel(new Error("The response is larger than the caller can be given"));
    return undefined;
  }
  return Buffer.concat(chunks);
}
