import { mimeType } from "./mime-type.ts";

/**
 * What `fetch` answers for a data: URL, as the Fetch standard has it: the engine keeps only types that it knows, and
 * takes no base64 without its padding.
 * @throws TypeError where it is none
 */
export function dataResponse(address: string): Response {
  const url = new URL(address);
  url.hash = "";
  const [head = "", ...rest] = url.href.slice("data:".length).split(",");
  if (rest.length === 0) throw new TypeError("invalid data: URL");
  const said = head.trim();
  const type = said.replace(/; *base64$/i, "");
  const bytes = percentDecoded(rest.join(","));
  const known = mimeType(type.startsWith(";") ? `text/plain${type}` : type);
  const response = new Response(type === said ? bytes : fromBase64(bytes.toString("latin1")), {
    headers: { "content-type": known === "" ? "text/plain;charset=US-ASCII" : known },
  });
  Object.defineProperty(response, "url", { value: url.href, enumerable: true });
  return response;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch (error) {
    throw new TypeError("invalid base64 in a data: URL", { cause: error });
  }
}

/** The bytes of a text, percent-encoded where it isn't ASCII. */
function percentDecoded(text: string): Buffer<ArrayBuffer> {
  const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, "latin1");
}
