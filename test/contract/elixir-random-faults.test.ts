import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildMixFixture, withoutElixir } from "./build-mix-fixture.ts";
import { runs } from "../support/fuzz.ts";
import { orHang, pick, randomFrom } from "./random.ts";
import { ScriptedRuntimeApi } from "./runtime-api.ts";
import { type RuntimeProcess, startProcess } from "./runtime-process.ts";

const INVOCATIONS = runs(1000);
const AT_ONCE = 4;
const SEED = Number(process.env["MAYFLY_FAULT_SEED"] ?? 20_260_101);

/** What each does, how often, and the error that it must come to; without one it answers. */
const FAULTS: readonly (readonly [{ readonly does: string; readonly error?: string }, number])[] = [
  [{ does: "echo" }, 85],
  [{ does: "dictionary" }, 2],
  [{ does: "raise", error: "ArgumentError" }, 4],
  [{ does: "throw", error: "throw" }, 1],
  [{ does: "error string", error: "RuntimeError" }, 2],
  [{ does: "kill itself", error: "Runtime.HandlerExit" }, 2],
  [{ does: "linked crash", error: "Runtime.HandlerExit" }, 1],
  [{ does: "unencodable", error: "Runtime.InvalidResponseFormat" }, 2],
  [{ does: "loop", error: "Runtime.HandlerTimeout" }, 0.1],
  [{ does: "wait", error: "Runtime.HandlerTimeout" }, 0.1],
  [{ does: "halt", error: "Runtime.ExitError" }, 0.2],
  [{ does: "kill the BEAM", error: "Runtime.ExitError" }, 0.1],
];
/** Short, so that what never returns is soon over. */
const DEADLINE_MS = 600;

describe.skipIf(withoutElixir)("an Elixir application", () => {
  let bootstrap = "";
  let api: ScriptedRuntimeApi;
  let runtime: RuntimeProcess | undefined;

  beforeAll(async () => {
    bootstrap = await buildMixFixture();
    api = await ScriptedRuntimeApi.start();
  });
  afterAll(async () => {
    runtime?.kill();
    await runtime?.exited;
    await api.stop();
  });

  test(
    `answers each of ${INVOCATIONS} invocations once, ${AT_ONCE} at a time, with faults by chance (seed ${SEED})`,
    { timeout: 900_000 },
    async () => {
      const random = randomFrom(SEED);
      const outcomes = new Map<string, number>();
      const environment = { AWS_LAMBDA_MAX_CONCURRENCY: String(AT_ONCE), AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512" };
      const process = startProcess(api.address, { bootstrap, handler: "Elixir.Faults.mixed", environment });
      runtime = process;

      for (let done = 0; done < INVOCATIONS; done += AT_ONCE) {
        const wave = Array.from({ length: AT_ONCE }, () => {
          const fault = pick(random, FAULTS);
          const endless = fault.error === "Runtime.HandlerTimeout";
          const overrides = { deadlineMs: Date.now() + (endless ? DEADLINE_MS : 60_000) };
          return { fault, id: api.offer({ do: fault.does, what: "pid", code: 1 }, overrides) };
        });
        const told = (): string => `${JSON.stringify(wave)}\n${process.lines.slice(-10).join("\n")}`;
        const answers = await orHang(Promise.all(wave.map(({ id }) => api.answerTo(id))), told);
        const posts = api.posts.splice(0);
        expect(new Set(posts.map((post) => post.requestId)), told()).toEqual(new Set(wave.map(({ id }) => id)));
        expect(posts, told()).toHaveLength(wave.length);

        // One that takes the BEAM down takes along what runs beside it.
        const fatal = wave.some(({ fault }) => fault.error === "Runtime.ExitError");
        for (const [index, { fault }] of wave.entries()) {
          const answer = answers[index]?.json();
          const type = isObject(answer) && "errorType" in answer ? String(answer["errorType"]) : "answered";
          if (!fatal) expect(type, told()).toBe(fault.error ?? "answered");
          else expect([fault.error ?? "answered", "Runtime.ExitError"], told()).toContain(type);
          outcomes.set(type, (outcomes.get(type) ?? 0) + 1);
        }
      }
      // Each way of ending must have been taken, or this proves nothing.
      for (const [{ error = "answered" }] of FAULTS)
        expect(outcomes.get(error) ?? 0, error).toBeGreaterThan(INVOCATIONS / 2000);
    },
  );
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
