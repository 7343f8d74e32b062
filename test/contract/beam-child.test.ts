import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_RESPONSE_BYTES } from "../../src/protocol/limits.ts";
import { eventually } from "../support/eventually.ts";
import { buildContract } from "./build-fixture.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { runtimesOfEachTest } from "./runtimes.ts";

const standIn = join(dirname(fileURLToPath(import.meta.url)), "beam-stand-in/child.mjs");
const LAUNCHER = join(standIn, `../../../../launcher/launcher-${process.arch === "arm64" ? "arm64" : "x86_64"}`);
const HANDLER = "Elixir.MyApp.handle";

const PLACES = [
  { how: "started by the runtime", launched: false },
  { how: "started together with the runtime, by the launcher", launched: true },
];

/** Lambda is Linux, and only there is there a launcher. */
describe.for(process.platform === "linux" ? PLACES : PLACES.slice(0, 1))("$how", ({ launched }) => {
  let bootstrap = "";
  let folder = "";
  let api: ScriptedRuntimeApi;
  const launch = runtimesOfEachTest((given) => {
    api = given;
  });

  /** A package whose BEAM is the stand-in. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mayfly-stand-in-"));
    bootstrap = join(folder, "bootstrap");
    await mkdir(join(folder, "beam"));
    await cp(await buildContract(), launched ? join(folder, "beam/engine") : bootstrap);
    await writeFile(join(folder, "beam/emulator"), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`);
    await chmod(join(folder, "beam/emulator"), 0o755);
    const manifest = {
      version: 1,
      command: "emulator",
      args: [standIn, "$ROOT"],
      env: { PLACE: "$ROOT/x" },
      handlers: [HANDLER],
    };
    await writeFile(join(folder, "beam/mayfly.json"), JSON.stringify(manifest));
    if (launched) {
      await cp(LAUNCHER, bootstrap);
      await writeFile(
        join(folder, "beam/launch"),
        ["$ROOT/emulator", standIn, "$ROOT", "", "PLACE=$ROOT/x", "", ""].join("\0"),
      );
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function start(environment: Record<string, string> = {}, handler: string = HANDLER): RuntimeProcess {
    return launch({ bootstrap, handler, environment });
  }

  describe("a BEAM child", () => {
    test("has the event, and of the context what its variables can't tell", async () => {
      start();
      const clientContext = { custom: { key: "✓" } };
      const answer = await api.invoke(
        { do: "answer", text: "é" },
        { traceId: "Root=1-a", tenantId: "t", clientContext },
      );
      expect(answer.json()).toMatchObject({
        text: "é",
        context: {
          requestId: answer.requestId,
          traceId: "Root=1-a",
          tenantId: "t",
          clientContext,
          deadlineMs: expect.any(Number),
        },
      });
      expect((await api.invoke({ do: "answer" })).json()).not.toHaveProperty("context.tenantId");
    });

    test("stays the same from one invocation to the next", async () => {
      start();
      const first = (await api.invoke({ do: "answer" })).json();
      const second = (await api.invoke({ do: "answer" })).json();
      expect(pidOf(second)).toBe(pidOf(first));
    });

    test("ends when its parent does", async () => {
      const runtime = start();
      const pid = pidOf((await api.invoke({ do: "answer" })).json());
      runtime.kill();
      await runtime.exited;
      await eventually(() => expect(alive(pid)).toBe(false));
    });

    test("is answered for once, whatever it says twice", async () => {
      start();
      expect((await api.invoke({ do: "answer twice" })).json()).toBe("first");
      await api.invoke({ do: "answer" });
      expect(api.posts).toHaveLength(2);
    });

    test("may fail as expected, which is not logged", async () => {
      const runtime = start();
      expect((await api.invoke({ do: "fail" })).json()).toMatchObject({ errorType: "StandInError" });
      await api.idle();
      expect(runtime.lines).toEqual([]);
    });

    test("has no place in a package without one", async () => {
      const other = await buildContract();
      launch({ bootstrap: other, handler: HANDLER });
      expect((await api.initError()).json()).toMatchObject({
        errorType: "Runtime.HandlerNotFound",
        errorMessage: expect.stringContaining("no Elixir application"),
      });
    });

    test("shares its package with handlers of the other kind", async () => {
      start({}, "contract.echo");
      expect((await api.invoke("in TypeScript")).json()).toBe("in TypeScript");
    });
  });

  describe("what a BEAM child prints", () => {
    test.each([0, 100_000, 3_000_000])("is in the log before the answer, %i bytes of it", async (size) => {
      const runtime = start();
      const answer = await api.invoke({ do: "print", size });
      const said = runtime.lines.map((line) => line.split("\t"));
      // A line that is too long for one event is several.
      const output = said.filter((line) => line[2] === "INFO").map((line) => line[3]);
      expect(output.join("")).toHaveLength(size);
      expect(said.filter((line) => line[2] === "ERROR").map((line) => line.slice(1))).toEqual([
        [answer.requestId, "ERROR", "to the error output"],
        [answer.requestId, "ERROR", "without an end"],
      ]);
    });

    test("through its logger keeps level and request id", async () => {
      const runtime = start();
      const { requestId } = await api.invoke({ do: "log", level: 3, message: "one\ntwo" });
      expect(runtime.lines.map((line) => line.split("\t").slice(1))).toEqual([[requestId, "WARN", "one\rtwo"]]);
    });

    test("side by side carries each one's own request id", async () => {
      const runtime = start({ AWS_LAMBDA_MAX_CONCURRENCY: "3" });
      const waiting = [api.offer({ do: "nothing" }), api.offer({ do: "nothing" })];
      const other = await api.invoke({ do: "log", level: 2, id: waiting[0], message: "of the first" });
      const none = await api.invoke({ do: "log", level: 2, id: "", message: "of none" });
      expect(runtime.lines.map((line) => line.split("\t").slice(1))).toEqual([
        [waiting[0], "INFO", "of the first"],
        ["-", "INFO", "of none"],
      ]);
      expect(other.json()).toEqual(none.json());
    });
  });

  describe("a BEAM child that ends", () => {
    test.each([
      [{ do: "exit", code: 0 }, "exit status 0"],
      [{ do: "exit", code: 7 }, "exit status 7"],
      [{ do: "kill", signal: "SIGKILL" }, "SIGKILL"],
      [{ do: "kill", signal: "SIGSEGV" }, "SIGSEGV"],
      [{ do: "close" }, "exit status 0"],
    ])("by %j fails its invocation, and a new one serves the next", async (event, told) => {
      const runtime = start();
      const first = pidOf((await api.invoke({ do: "answer" })).json());
      const failed = await api.invoke(event);
      expect(failed.json()).toMatchObject({
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringContaining(told),
      });
      expect(pidOf((await api.invoke({ do: "answer" })).json())).not.toBe(first);
      expect(api.posts).toHaveLength(3);
      expect(runtime.lines.filter((line) => line.includes("\tERROR\t"))).toHaveLength(1);
    });

    test.each(["gibberish", "unknown kind"])("because it sent %s, likewise", async (what) => {
      start();
      expect((await api.invoke({ do: what })).json()).toMatchObject({ errorType: "Runtime.ExitError" });
      expect((await api.invoke({ do: "answer" })).kind).toBe("response");
    });

    test("right after its answer has answered; what was handed to it while it ended fails, and no more than that", async () => {
      start();
      expect((await api.invoke({ do: "answer and exit" })).json()).toBe("last");
      const handedOver = await api.invoke({ do: "answer" });
      if (handedOver.kind === "error") expect(handedOver.json()).toMatchObject({ errorType: "Runtime.ExitError" });
      expect((await api.invoke({ do: "answer" })).kind).toBe("response");
      expect(api.posts).toHaveLength(3);
    });

    test("fails every invocation it served, each once", async () => {
      start({ AWS_LAMBDA_MAX_CONCURRENCY: "3" });
      const ids = [api.offer({ do: "nothing" }), api.offer({ do: "nothing" }), api.offer({ do: "exit", code: 1 })];
      const answers = await Promise.all(ids.map((id) => api.answerTo(id)));
      expect(answers.map(({ kind }) => kind)).toEqual(["error", "error", "error"]);
      expect((await api.invoke({ do: "answer" })).kind).toBe("response");
      expect(api.posts).toHaveLength(4);
    });

    test("between two invocations is told in the log, and replaced", async () => {
      const runtime = start();
      const pid = pidOf((await api.invoke({ do: "answer" })).json());
      await api.idle();
      process.kill(pid, "SIGTERM");
      expect(await runtime.line("between two invocations")).toContain("SIGTERM");
      expect(pidOf((await api.invoke({ do: "answer" })).json())).not.toBe(pid);
    });

    test("and can't be started again ends the process, after the answer that says so", async () => {
      const runtime = start();
      await api.invoke({ do: "answer" });
      await chmod(join(folder, "beam/emulator"), 0o644);
      try {
        await api.invoke({ do: "exit", code: 1 });
        const answer = await api.invoke({ do: "answer" });
        expect(answer.json()).toMatchObject({ errorType: "Runtime.InvalidEntrypoint" });
        expect((await runtime.exited).code).toBe(1);
        expect(api.posts).toHaveLength(3);
      } finally {
        await chmod(join(folder, "beam/emulator"), 0o755);
      }
    });
  });

  describe("a BEAM child whose start fails", () => {
    test.each([
      ["exit", { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/status 3 .*kernel\.beam/) }],
      ["fail", { errorType: "StandInError", errorMessage: "no database" }],
    ])("(%s) is an init error, and the process ends", async (how, document) => {
      const runtime = start({ STAND_IN: how });
      expect((await api.initError()).json()).toMatchObject(document);
      expect((await runtime.exited).code).toBe(1);
      expect(api.nextCount).toBe(0);
      expect(api.posts).toHaveLength(1);
    });

    test("because the emulator is no program, likewise", async () => {
      const other = await mkdtemp(join(tmpdir(), "mayfly-no-emulator-"));
      try {
        await mkdir(join(other, "beam"));
        await cp(bootstrap, join(other, "bootstrap"));
        if (launched) await cp(join(folder, "beam/engine"), join(other, "beam/engine"));
        await writeFile(join(other, "beam/mayfly.json"), '{"version":1,"command":"nowhere"}');
        launch({ bootstrap: join(other, "bootstrap"), handler: HANDLER });
        expect((await api.initError()).json()).toMatchObject({ errorType: "Runtime.InvalidEntrypoint" });
      } finally {
        await rm(other, { recursive: true, force: true });
      }
    });
  });

  describe("an invocation near its deadline", () => {
    const soon = (): { deadlineMs: number } => ({ deadlineMs: Date.now() + 400 });

    test("has its handler's stack logged, then ends with it in the error; the child serves on", async () => {
      const runtime = start();
      const pid = pidOf((await api.invoke({ do: "answer" })).json());
      const answer = await api.invoke({ do: "nothing" }, soon());
      expect(answer.json()).toMatchObject({
        errorType: "Runtime.HandlerTimeout",
        stackTrace: ["lib/my_app.ex:7: MyApp.loop/1"],
      });
      expect(await runtime.line("still running")).toMatch(/\tWARN\t.*\r {4}lib\/my_app\.ex:7/);
      expect(pidOf((await api.invoke({ do: "answer" })).json())).toBe(pid);
    });

    test("that can't be ended takes the child with it, and the next has a new one", async () => {
      start({ STAND_IN: "stubborn" });
      const pid = pidOf((await api.invoke({ do: "answer" })).json());
      expect((await api.invoke({ do: "nothing" }, soon())).json()).toMatchObject({
        errorType: "Runtime.HandlerTimeout",
      });
      expect(pidOf((await api.invoke({ do: "answer" })).json())).not.toBe(pid);
      expect(api.posts).toHaveLength(3);
    });

    test("that waits for a new BEAM is answered all the same", async () => {
      start({ STAND_IN: `slow ${join(folder, "started")}` });
      expect((await api.invoke({ do: "exit", code: 1 })).kind).toBe("error");
      const answer = await api.invoke({ do: "answer" }, soon());
      expect(answer.json()).toMatchObject({
        errorType: "Runtime.HandlerTimeout",
        errorMessage: expect.stringContaining("started again"),
      });
    });

    test.each([1, 9_999_999_999_999])("whose deadline means nothing (%i) runs all the same", async (deadlineMs) => {
      const runtime = start();
      expect((await api.invoke({ do: "answer" }, { deadlineMs })).kind).toBe("response");
      await api.idle();
      expect(runtime.lines).toEqual([]);
    });
  });

  // None for the other way: a test that is skipped fails CI.
  test.each(launched ? ["nowhere"] : [])(
    "a program (%s) that can't be started is told with what the system said",
    async (program) => {
      const launch = join(folder, "beam/launch");
      const before = await readFile(launch);
      await writeFile(launch, `$ROOT/${program}\0\0\0`);
      try {
        const runtime = start();
        expect((await api.initError()).json()).toMatchObject({
          errorType: "Runtime.ExitError",
          errorMessage: expect.stringContaining(`${folder}/beam/${program} can't be started: error 2`),
        });
        expect((await runtime.exited).code).toBe(1);
      } finally {
        await writeFile(launch, before);
      }
    },
  );

  test("a response over the limit is found before anything is sent", async () => {
    start();
    const answer = await api.invoke({ do: "answer", text: "x".repeat(MAX_RESPONSE_BYTES) });
    expect(answer.json()).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
  });

  test("a variable that a wrapper sets is there for both of them", async () => {
    const wrapper = join(folder, "wrapper");
    await writeFile(wrapper, '#!/bin/sh\nWRAPPED="$1" exec "$@"\n');
    await chmod(wrapper, 0o755);
    start({ AWS_LAMBDA_EXEC_WRAPPER: wrapper });
    expect((await api.invoke({ do: "variable", name: "WRAPPED" })).json()).toBe(bootstrap);
    expect((await api.invoke({ do: "variable", name: "PLACE" })).json()).toBe(`${folder}/beam/x`);
  });

  test("a locale that is not UTF-8 is mended, and what is for others is kept from the child", async () => {
    start({ LANG: "C", _X_AMZN_TRACE_ID: "Root=1-a", MAYFLY_BEAM: "1,2,3,4,5" });
    expect((await api.invoke({ do: "variable", name: "LC_CTYPE" })).json()).toBe("C.UTF-8");
    expect((await api.invoke({ do: "variable", name: "_X_AMZN_TRACE_ID" })).json()).toBeNull();
    expect((await api.invoke({ do: "variable", name: "MAYFLY_BEAM" })).json()).toBeNull();
  });
});

function pidOf(answer: unknown): number {
  if (typeof answer !== "object" || answer === null || !("pid" in answer)) throw new Error("No pid in the answer");
  return Number(answer.pid);
}

/** A process that has ended may stay in the table until somebody asks for its status. */
function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
