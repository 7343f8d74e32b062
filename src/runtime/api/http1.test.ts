import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HttpProtocolError, type HttpResponse, ResponseParser, type ResponseReceiver } from "./http1.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function feed(parser: ResponseParser, bytes: Uint8Array, cuts: readonly number[] = []): HttpResponse | undefined {
  const bounds = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].toSorted((a, b) => a - b);
  let response: HttpResponse | undefined;
  bounds.slice(1).forEach((end, index) => {
    response = parser.push(bytes.slice(bounds[index] ?? 0, end)) ?? response;
  });
  return response;
}

/** Notes what it is given. */
class Notes implements ResponseReceiver {
  readonly bodiless: boolean;
  readonly fields: (readonly [string, string])[] = [];
  readonly pieces: Uint8Array[] = [];

  constructor(bodiless = false) {
    this.bodiless = bodiless;
  }
  decode(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("latin1");
  }
  head({ fields }: Parameters<ResponseReceiver["head"]>[0]): void {
    this.fields.push(...fields);
  }
  piece(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }
}

describe("a response", () => {
  test("is the same however the network cuts it", () => {
    const sized = fc.uint8Array({ maxLength: 300 }).map((body) => ({
      body,
      wire: Buffer.concat([
        encoder.encode(`HTTP/1.1 200 OK\r\nX-Id: é\r\nContent-Length: ${body.length}\r\n\r\n`),
        body,
      ]),
    }));
    const chunked = fc.array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { maxLength: 5 }).map((chunks) => ({
      body: new Uint8Array(Buffer.concat(chunks)),
      wire: Buffer.concat([
        encoder.encode("HTTP/1.1 200 OK\r\nX-Id: é\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ...chunks.flatMap((chunk) => [
          encoder.encode(`${chunk.length.toString(16)};ext=1\r\n`),
          chunk,
          encoder.encode("\r\n"),
        ]),
        encoder.encode("0\r\nTrailer: x\r\n\r\n"),
      ]),
    }));
    fc.assert(
      fc.property(fc.oneof(sized, chunked), fc.array(fc.nat()), ({ body, wire }, cuts) => {
        const response = feed(new ResponseParser(), wire, cuts);
        expect(response?.status).toBe(200);
        expect(response?.headers.get("x-id")).toBe("é");
        expect(Buffer.from(response?.body ?? []).equals(Buffer.from(body))).toBe(true);
        const notes = new Notes();
        expect(feed(new ResponseParser(notes), wire, cuts)?.body.length).toBe(0);
        expect(Buffer.concat(notes.pieces).equals(Buffer.from(body))).toBe(true);
      }),
    );
  });

  test("follows another on the same connection", () => {
    const parser = new ResponseParser();
    for (const text of ["one", "two"]) {
      const response = feed(parser, encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${text}`));
      expect(decoder.decode(response?.body)).toBe(text);
      expect(response?.keepAlive).toBe(true);
    }
  });

  test.each([
    ["HTTP/1.1 200 OK", true],
    ["HTTP/1.1 200 OK\r\nConnection: close", false],
    ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive", true],
    ["HTTP/1.0 200 OK", false],
  ])("beginning %j says whether the connection stays: %j", (head, keepAlive) => {
    const wire = encoder.encode(`${head}\r\nContent-Length: 0\r\n\r\n`);
    expect(feed(new ResponseParser(), wire)?.keepAlive).toBe(keepAlive);
  });

  test("comes after any number of 1xx heads", () => {
    const wire = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
    expect(feed(new ResponseParser(), encoder.encode(wire), [30, 60])?.status).toBe(204);
  });

  test("without a length runs until the connection ends", () => {
    const parser = new ResponseParser();
    expect(feed(parser, encoder.encode("HTTP/1.0 200 OK\r\n\r\nhel"))).toBeUndefined();
    expect(parser.push(encoder.encode("lo"))).toBeUndefined();
    const end = parser.end();
    expect("kind" in end ? end.kind : decoder.decode(end.body)).toBe("hello");
  });
});

describe("a receiver", () => {
  test("gets all header lines, in its own reading, and each piece as it comes", () => {
    const notes = new Notes();
    const parser = new ResponseParser(notes);
    const head = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=\u00e9\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(parser.push(Buffer.from(`${head}5\r\nhel`, "latin1"))).toBeUndefined();
    expect(notes.fields.slice(0, 2)).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=\u00e9"],
    ]);
    expect(decoder.decode(Buffer.concat(notes.pieces))).toBe("hel");
    expect(parser.push(encoder.encode("lo\r\n0\r\n\r\n"))?.keepAlive).toBe(true);
  });

  test("that asked with HEAD gets no body, whatever the head says of one", () => {
    const notes = new Notes(true);
    const wire = encoder.encode("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    expect(new ResponseParser(notes).push(wire)?.keepAlive).toBe(true);
    expect(notes.pieces).toEqual([]);
  });
});

describe("a connection that ends early", () => {
  test.each([
    ["", "nothing"],
    ["HTTP/1.1 200 OK\r\nContent-Le", "partial-head"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "partial-body"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "partial-body"],
  ])("after %j has given %s", (wire, kind) => {
    const parser = new ResponseParser();
    if (wire !== "") parser.push(encoder.encode(wire));
    expect(parser.end()).toMatchObject({ kind });
  });
});

test.each([
  "SSH-2.0-OpenSSH_9.2\r\n\r\n",
  "HTTP/2 200\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
  `HTTP/1.1 200 OK\r\nA: ${"x".repeat(300_000)}`,
])("bytes that are no such response are refused: %.60j", (wire) => {
  expect(() => new ResponseParser().push(encoder.encode(wire))).toThrow(HttpProtocolError);
});
