import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { startHarness } from "./support/fake-runtime.ts";

const ECHO = `loop((event) => { console.log("called"); return { statusCode: 200 }; });`;

/** Header lines exactly as told, over a connection of their own. @returns the status, and whether the function was asked */
type Call = (method: string, ...lines: readonly string[]) => Promise<readonly [number, boolean]>;

async function servers(): Promise<{ readonly front: Call; readonly invokeApi: Call }> {
  const { lambda, lines, until } = await startHarness(ECHO);
  const called = (): number => lines().filter((line) => line.startsWith("START")).length;
  const call =
    (url: string, path: string): Call =>
    async (method, ...headers) => {
      const before = called();
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      const head = [`${method} ${path} HTTP/1.1`, ...headers, "connection: close", "content-length: 0"];
      // Left open: a server may take the end of what it is sent for the caller's leaving.
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      const status = Number((await text(socket)).slice(9, 12));
      if (status === 200) await until(() => (called() > before ? true : undefined));
      return [status, called() > before];
    };
  return {
    front: call(await lambda.serve("hello"), "/"),
    invokeApi: call(lambda.url, "/2015-03-31/functions/hello/invocations"),
  };
}

const HOST = "host: localhost";
const WELCOME = [200, true];
const REFUSED = [403, false];

describe("the Host header", () => {
  test("names this machine, and nothing but it", async () => {
    const { front } = await servers();
    for (const host of ["localhost", "LOCALHOST:80", "127.0.0.1:3000", "127.8.9.1", "[::1]:3000", "shop.localhost"])
      expect([host, await front("GET", `host: ${host}`)]).toEqual([host, WELCOME]);
    for (const host of [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "evil.example@localhost",
      "localhost@evil.example",
      "localhost/evil.example",
      "localhost?.evil.example",
      "localhost#.evil.example",
      "localhost\\.evil.example",
      "localhost, evil.example",
      "localhost:80:80",
      "localhost:x",
      "127.0.0.999",
      "10.0.0.1",
      "[::2]",
      "evillocalhost",
    ])
      expect([host, await front("GET", `host: ${host}`)]).toEqual([host, REFUSED]);
  });

  test("comes once", async () => {
    const { front, invokeApi } = await servers();
    // Some engines refuse it themselves, with 400.
    for (const call of [front, invokeApi]) {
      const [status, called] = await call("POST", HOST, "host: evil.example");
      expect([[400, 403].includes(status), called]).toEqual([true, false]);
      const [again] = await call("POST", HOST, HOST);
      expect([400, 403]).toContain(again);
    }
  });
});

describe("a page of another site", () => {
  const CROSS = "sec-fetch-site: cross-site";

  test("has nothing from an image, a script, a frame, a form or a fetch without CORS", async () => {
    const { front, invokeApi } = await servers();
    for (const call of [front, invokeApi]) {
      expect(await call("GET", HOST, CROSS, "sec-fetch-mode: no-cors", "sec-fetch-dest: image")).toEqual(REFUSED);
      expect(await call("GET", HOST, CROSS, "sec-fetch-mode: no-cors", "sec-fetch-dest: empty")).toEqual(REFUSED);
      expect(await call("GET", HOST, CROSS, "sec-fetch-mode: navigate", "sec-fetch-dest: iframe")).toEqual(REFUSED);
      expect(await call("POST", HOST, CROSS, "sec-fetch-mode: navigate", "sec-fetch-dest: document")).toEqual(REFUSED);
      expect(await call("POST", HOST, CROSS, "origin: https://evil.example")).toEqual(REFUSED);
      expect(await call("POST", HOST, "origin: http://localhost@evil.example")).toEqual(REFUSED);
      expect(await call("POST", HOST, "origin: http://localhost/evil.example")).toEqual(REFUSED);
    }
  });

  test("may lead somebody to a site that a function serves, and nobody to the Invoke API", async () => {
    const { front, invokeApi } = await servers();
    const visit = [HOST, CROSS, "sec-fetch-mode: navigate", "sec-fetch-dest: document"];
    expect(await front("GET", ...visit)).toEqual(WELCOME);
    expect(await invokeApi("GET", ...visit)).toEqual(REFUSED);
  });
});

test("pages of this machine, and who types the address, are welcome", async () => {
  const { front } = await servers();
  expect(await front("GET", HOST, "sec-fetch-site: none", "sec-fetch-mode: navigate")).toEqual(WELCOME);
  expect(await front("GET", HOST, "sec-fetch-site: same-origin", "sec-fetch-mode: no-cors")).toEqual(WELCOME);
  expect(await front("GET", HOST, "sec-fetch-site: same-site", "sec-fetch-mode: no-cors")).toEqual(WELCOME);
  expect(await front("POST", HOST, "sec-fetch-site: cross-site", "origin: http://app.localhost:5173")).toEqual(WELCOME);
});
