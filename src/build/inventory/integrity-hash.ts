import type { PartHash } from "./part.ts";

const ALGORITHMS: Readonly<Record<string, PartHash["algorithm"]>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

/** The strongest of a Subresource Integrity string, in hexadecimal. */
export function integrityHash(integrity: string): PartHash | undefined {
  const all = integrity.split(/\s+/).flatMap((one) => {
    const [, name = "", encoded = ""] = /^(\w+)-([^?]+)/.exec(one) ?? [];
    const algorithm = ALGORITHMS[name];
    return algorithm === undefined ? [] : [{ algorithm, content: Buffer.from(encoded, "base64").toString("hex") }];
  });
  return all.toSorted((a, b) => b.content.length - a.content.length)[0];
}
