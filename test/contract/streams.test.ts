import { describe, expect, test } from "vitest";
import { makeGate } from "../support/gate.ts";
import type { Posted, ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";

let api: ScriptedRuntimeApi;
const launch = contractRuntimesOfEachTest((given) => {
  api = given;
});
let runtime: RuntimeProcess | undefined;

function start(handler: string): RuntimeProcess {
  runtime = launch({ handler: `streams.${handler}` });
  return runtime;
}

/** The error in the trailers of a streamed response. */
function trailerError({ trailers }: Posted): unknown {
  return JSON.parse(Buffer.from(trailers["lambda-runtime-function-error-body"] ?? "", "base64").toString());
}

describe("a streamed response", () => {
  test("has the headers of response streaming and no trailers when all is well", async () => {
    start("texts");
    const answer = await api.invoke({ chunks: ["a", "é", "c".repeat(200_000)] });
    expect(answer.headers).toMatchObject({
      "lambda-runtime-function-response-mode": "streaming",
      "transfer-encoding": "chunked",
      "content-type": "application/octet-stream",
      trailer: "lambda-runtime-function-error-type, lambda-runtime-function-error-body",
    });
    expect(answer.body.toString()).toBe(`aé${"c".repeat(200_000)}`);
    expect(answer.trailers).toEqual({});
    expect((await api.invoke({ chunks: ["next"] })).body.toString()).toBe("next");
  });

  test("of bytes keeps them, empty chunks included", async () => {
    start("bytes");
    expect([...(await api.invoke({})).body]).toEqual([0, 255, 128, 0xc3, 0xa9]);
  });

  test("of other values sends them as JSON", async () => {
    start("values");
    expect((await api.invoke({})).body.toString()).toBe('{"token":1}[2]');
  });

  test("may be empty", async () => {
    start("nothing");
    const answer = await api.invoke({});
    expect(answer.kind).toBe("response");
    expect(answer.body).toHaveLength(0);
  });

  test("sends each chunk when it exists", async () => {
    start("slow");
    const arrivals: string[] = [];
    const first = new Promise<void>((resolve) => {
      api.onChunk = (_id, chunk) => {
        arrivals.push(chunk.toString());
        resolve();
      };
    });
    const gate = makeGate();
    const requestId = api.offer({ until: gate.file });
    await first;
    // The handler has yet to make the second: the answer can't be complete.
    expect(arrivals).toEqual(["first"]);
    expect(api.posts).toHaveLength(0);
    gate.open();
    expect((await api.answerTo(requestId)).body.toString()).toBe("firstsecond");
  });
});

describe("a stream that is long", () => {
  test.each([
    { chunks: 4_000, size: 65_536 },
    { chunks: 400_000, size: 16 },
  ])("takes no memory for what is already sent: %j", async (event) => {
    const { line } = start("memory");
    api.onRequest = (request) => request.resume();
    api.offer(event);
    const grown = Number(/grew by (-?\d+) MiB/.exec(await line("grew by"))?.[1]);
    // Kept chunks are 250 MiB, what is kept of races between them even more.
    expect(grown).toBeLessThan(96);
  });

  test("is asked for nothing after its end", async () => {
    start("byHand");
    for (const chunks of [0, 1]) {
      const answer = await api.invoke({ chunks });
      expect(answer.trailers).toEqual({});
      expect(answer.body).toHaveLength(chunks * 65_536);
    }
  });
});

describe("a stream that fails", () => {
  test("because a chunk can't be sent is closed", async () => {
    const { line } = start("unencodable");
    const answer = await api.invoke({});
    expect(answer.body.toString()).toBe("half");
    expect(trailerError(answer)).toMatchObject({ errorType: "TypeError" });
    await line("cleaned up");
  });

  test("before its first byte is a plain function error", async () => {
    start("failsAtOnce");
    const answer = await api.invoke({});
    expect(answer.kind).toBe("error");
    expect(answer.json()).toMatchObject({ errorType: "ModelOverloaded", errorMessage: "no capacity" });
  });

  test("midway keeps what was sent and tells the error in trailers that any HTTP server takes", async () => {
    const { line } = start("failsMidway");
    const answer = await api.invoke({});
    expect(answer.kind).toBe("response");
    expect(answer.body.toString()).toBe("half");
    expect(answer.trailers["lambda-runtime-function-error-type"]).toBe("Function.ModelOverloaded");
    expect(trailerError(answer)).toMatchObject({
      errorType: "ModelOverloaded",
      errorMessage: expect.stringMatching(/^xxx.*more characters\)$/),
    });
    expect(await line("Invoke Error")).toContain(answer.requestId);
    expect((await api.invoke({})).body.toString()).toBe("half");
  });

  test("to go on ends with an error once nothing is left that could move it", async () => {
    start("neverGoesOn");
    const answer = await api.invoke({});
    expect(answer.body.toString()).toBe("half");
    expect(trailerError(answer)).toMatchObject({ errorType: "Runtime.HandlerNeverSettled" });
    expect((await api.invoke({})).body.toString()).toBe("half");
  });
});

describe("a reader", () => {
  test("that stops reading holds the source back, and when it leaves the source is closed", async () => {
    start("endless");
    // 250 MB on offer: the server takes the first bytes and then no more.
    const paused = new Promise<void>((resolve) => {
      api.onRequest = (request) => {
        request.once("data", () => {
          request.pause();
          resolve();
          setTimeout(() => request.socket.destroy(), 300);
        });
      };
    });
    api.offer({});
    await paused;
    const closed = await runtime?.line("closed after");
    const chunks = Number(/closed after (\d+) chunks/.exec(closed ?? "")?.[1]);
    expect(chunks).toBeGreaterThan(0);
    // What fits into socket buffers, far from all of it.
    expect(chunks).toBeLessThan(1_000);
    // The platform has settled that invocation: the same process serves the next.
    api.onRequest = undefined;
    await api.idle();
  });

  test.each(["web", "node"])("that leaves while the source (%s) is waited for: it is closed at once", async (kind) => {
    const { line } = start("stalled");
    api.onRequest = (request) => {
      request.once("data", () => request.socket.destroy());
    };
    api.offer({ kind });
    expect(await line("source closed")).toContain("INFO");
    await api.idle();
  });

  test("that leaves a source that can't be closed: the log has it, the next is served", async () => {
    const { line } = start("byHand");
    api.onRequest = (request) => {
      request.once("data", () => request.socket.destroy());
    };
    api.offer({ chunks: 1_000 });
    expect(await line("Closing the response stream failed")).toContain("can't be closed");
    api.onRequest = undefined;
    expect((await api.invoke({ chunks: 1 })).body).toHaveLength(65_536);
  });
});
