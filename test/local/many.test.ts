import { expect, test } from "vitest";
import { startHarness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

/** Repeatable: a failure can be looked at again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const WAYS = ["value", "value", "value", "error", "exit", "stream", "cut", "linger", "large"] as const;

test("of many callers at once each gets the answer to its own event, whatever becomes of the runtimes", async () => {
  const { lambda, lines, until } = await startHarness(
    `loop(async (event, { id }) => {
       await new Promise((go) => setTimeout(go, event.wait));
       switch (event.way) {
         case "value": return { n: event.n };
         case "error": await fail(id, "Mine", String(event.n)); return;
         case "exit": process.exit(event.n % 100 + 1);
         case "stream": { const s = stream(id); s.write('{"n":'); s.end(event.n + "}"); await s.answered; return; }
         case "cut": { const s = stream(id); s.answered.catch(() => {}); s.write("{", () => setTimeout(() => s.destroy(), 5)); return; }
         case "linger": await respond(id, { n: event.n }); await new Promise((go) => setTimeout(go, 20)); return;
         case "large": await respond(id, "x".repeat(6_300_000)); return;
       }
     })`,
    { environments: 4, timeout: 60, memory: 1024 },
  );
  const random = generator(20_261_122);
  const events = Array.from({ length: 200 }, (_, n) => {
    return { n, way: WAYS[Math.floor(random() * WAYS.length)] ?? "value", wait: Math.floor(random() * 8) };
  });
  const url = `${lambda.url}/2015-03-31/functions/hello/invocations`;
  const answers = await Promise.all(
    events.map(async (event) => {
      for (;;) {
        const answer = await send(url, { method: "POST", body: JSON.stringify(event) });
        if (answer.status !== 429)
          return { status: answer.status, body: JSON.parse(answer.body.toString()) as unknown };
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }),
  );
  expect(answers).toEqual(
    events.map(({ n, way }) => {
      const body = {
        value: { n },
        stream: { n },
        linger: { n },
        error: { errorType: "Mine", errorMessage: String(n), stackTrace: [] },
        exit: {
          errorType: "Runtime.ExitError",
          errorMessage: expect.stringMatching(new RegExp(`exit status ${(n % 100) + 1}$`)),
        },
        cut: { errorType: "Runtime.TruncatedResponse", errorMessage: expect.any(String) },
        large: { errorType: "Function.ResponseSizeTooLarge", errorMessage: expect.any(String) },
      }[way];
      return { status: 200, body };
    }),
  );
  const count = (word: string): number => lines().filter((line) => line.startsWith(word)).length;
  await until(() => (count("REPORT") >= 200 ? true : undefined));
  await lambda.stop();
  expect([count("START"), count("END"), count("REPORT")]).toEqual([200, 200, 200]);
  expect(count("INIT_START")).toBe(4);
});
