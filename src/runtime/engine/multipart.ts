interface Part {
  readonly name: string;
  /** None for a text. */
  readonly fileName: string | undefined;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

const CRLF = Buffer.from("\r\n");

/**
 * A form out of a body, as the Fetch standard and RFC 7578 have it.
 * @param type the content type, with the boundary
 * @throws TypeError where it is no such body
 */
export function multipartForm(body: Buffer<ArrayBuffer>, type: string): FormData {
  const form = new FormData();
  for (const { name, fileName, type: said, body: content } of parts(
    body,
    parameters(type).get("boundary") ?? refuse(),
  )) {
    if (fileName === undefined) form.append(name, new TextDecoder().decode(content));
    else form.append(name, new File([content], fileName, { type: said }));
  }
  return form;
}

function* parts(body: Buffer<ArrayBuffer>, boundary: string): Generator<Part> {
  const delimiter = Buffer.from(`--${boundary}`, "latin1");
  const next = Buffer.from(`\r\n--${boundary}`, "latin1");
  let at = 0;
  while (body.subarray(at, at + 2).equals(CRLF)) at += 2;
  if (!body.subarray(at, at + delimiter.length).equals(delimiter)) refuse();
  at += delimiter.length;
  while (body.toString("latin1", at, at + 2) !== "--") {
    if (!body.subarray(at, at + 2).equals(CRLF)) refuse();
    const head = body.indexOf("\r\n\r\n", at);
    const end = body.indexOf(next, head + 2);
    if (head === -1 || end === -1) refuse();
    yield part(body.subarray(at + 2, head), body.subarray(Math.min(head + 4, end), end));
    at = end + next.length;
  }
}

function part(head: Buffer, body: Buffer<ArrayBuffer>): Part {
  const headers = new Map<string, string>();
  for (const line of head.toString().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) refuse();
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get("content-disposition") ?? "";
  const said = parameters(disposition);
  const name = /^form-data *;/i.test(disposition) ? said.get("name") : undefined;
  const fileName = said.get("filename");
  const encoded = headers.get("content-transfer-encoding")?.toLowerCase() === "base64";
  return {
    name: unescaped(name ?? refuse()),
    fileName: fileName === undefined ? undefined : unescaped(fileName),
    type: headers.get("content-type") ?? "text/plain",
    body: encoded ? Buffer.from(body.toString("latin1"), "base64") : body,
  };
}

/** What follows the first semicolon of a header, by small names. */
function parameters(header: string): Map<string, string> {
  const found = header.matchAll(/; *([^=;" ]+)=(?:"([^"]*)"|([^;"]*))/g);
  return new Map(
    Array.from(found, ([, name = "", quoted, plain = ""]) => [name.toLowerCase(), quoted ?? plain.trim()]),
  );
}

/** Browsers write the three characters that would end a name in this way, and no others. */
function unescaped(name: string): string {
  return name.replaceAll(/%0A/gi, "\n").replaceAll(/%0D/gi, "\r").replaceAll("%22", '"');
}

function refuse(): never {
  throw new TypeError("Failed to parse body as FormData.");
}
