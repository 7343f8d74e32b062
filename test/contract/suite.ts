import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { MAX_RESPONSE_BYTES } from "../../src/protocol/limits.ts";
import { makeGate } from "../support/gate.ts";
import type { HostFixture } from "./host-fixture.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { runtimesOfEachTest } from "./runtimes.ts";

/** What Lambda and a user may expect of any host. */
export function describeContract(fixture: HostFixture): void {
  const { handlers } = fixture;
  let bootstrap = "";
  let api: ScriptedRuntimeApi;
  const launch = runtimesOfEachTest((given) => {
    api = given;
  });

  const start = (handler: string | undefined, environment: Record<string, string> = {}): RuntimeProcess => {
    return launch({ bootstrap, handler, environment });
  };

  describe(`the contract, kept by ${fixture.name}`, () => {
    beforeAll(async () => {
      bootstrap = await fixture.build();
    });

    describe("an invocation", () => {
      test.each([{}, null, [], "text", 0, true, { deep: { list: [1, 2.5, null, "é✓\u0000"] } }])(
        "answers %j",
        async (event) => {
          start(handlers.echo);
          const answer = await api.invoke(event);
          expect(answer.kind).toBe("response");
          expect(answer.json()).toEqual(event);
          expect(answer.headers["content-type"]).toBe("application/json");
          expect(answer.headers["user-agent"]).toBe(`mayfly/${manifest.version}`);
        },
      );

      test("follows another in the same process", async () => {
        start(handlers.counter);
        const counts = [];
        for (let index = 0; index < 3; index++) counts.push((await api.invoke({})).json());
        expect(counts).toEqual([1, 2, 3]);
      });

      test("has the context that the platform sent", async () => {
        start(handlers.context);
        const requestId = randomUUID();
        const arn = "arn:aws:lambda:us-east-1:123456789012:function:contract:live";
        const traceId = "Root=1-5e1b4151-5ac6c58f5b5daa8e1c0d9f0e;Parent=53995c3f42cd8ad8;Sampled=1";
        const answer = await api.invoke({}, { requestId, invokedFunctionArn: arn, traceId, tenantId: "tenant-7" });
        expect(answer.json()).toMatchObject({
          requestId,
          arn,
          traceId,
          functionName: "contract",
          tenantId: "tenant-7",
        });
        expect(answer.json()).toHaveProperty("remaining", expect.any(Number));

        const second = await api.invoke({});
        expect(second.json()).not.toHaveProperty("traceId", traceId);
        expect(second.json()).not.toHaveProperty("tenantId", "tenant-7");
      });

      test("may carry an event of 6 MB and answer with as much", async () => {
        start(handlers.echo);
        const event = { text: "é".repeat(3_000_000) };
        expect((await api.invoke(event)).json()).toEqual(event);
      });

      test("whose event is not JSON is answered with an error, and the next one is served", async () => {
        start(handlers.echo);
        const requestId = randomUUID();
        const headers = {
          "lambda-runtime-aws-request-id": requestId,
          "lambda-runtime-deadline-ms": String(Date.now() + 3_000),
          "lambda-runtime-invoked-function-arn": "arn:x",
        };
        api.offerRaw({ kind: "invocation", event: '{"a":', headers });
        const answer = await api.answerTo(requestId);
        expect(answer.kind).toBe("error");
        expect(answer.json()).toHaveProperty("errorMessage", expect.stringContaining("JSON"));
        expect((await api.invoke({ ok: 1 })).json()).toEqual({ ok: 1 });
      });
    });

    describe("a failure", () => {
      test("that is expected has type and message, no stack, and is not logged as a crash", async () => {
        const runtime = start(handlers.expectedFailure);
        const answer = await api.invoke({});
        expect(answer.kind).toBe("error");
        expect(answer.json()).toMatchObject({ errorMessage: "name is required", stackTrace: [] });
        await api.idle();
        expect(runtime.lines.filter((line) => line.includes("ERROR"))).toEqual([]);
      });

      test("that is not has the error's own type, its cause and the user's line, and the log has it as one event", async () => {
        const runtime = start(handlers.customError);
        const answer = await api.invoke({});
        expect(answer.kind).toBe("error");
        expect(answer.json()).toMatchObject({
          errorType: fixture.customErrorType,
          errorMessage: "no such order",
          ...(fixture.customErrorCause && { cause: { errorMessage: "disk full" } }),
        });
        expect(answer.json()).toHaveProperty(["stackTrace", 0], expect.stringMatching(fixture.customErrorFrame));
        expect(answer.headers["lambda-runtime-function-error-type"]).toMatch(/^(Function|Runtime)\.[A-Z][a-zA-Z]+$/);
        const cause: unknown = JSON.parse(String(answer.headers["lambda-runtime-function-xray-error-cause"]));
        expect(cause).toHaveProperty("exceptions.0", expect.objectContaining({ type: fixture.customErrorType }));
        expect(cause).toHaveProperty("exceptions.0.stack.0.line", expect.any(Number));

        const line = await runtime.line("Invoke Error");
        expect(line).toContain(answer.requestId);
        expect(line).toContain("no such order");
        if (fixture.customErrorCause) expect(line).toContain("disk full");
        expect(runtime.lines).toHaveLength(1);
      });

      test("leaves the process serving", async () => {
        start(handlers.customError);
        expect((await api.invoke({})).kind).toBe("error");
        expect((await api.invoke({})).kind).toBe("error");
      });

      test("to give a result that can be sent says where and why", async () => {
        start(handlers.unencodable);
        const answer = await api.invoke({});
        expect(answer.kind).toBe("error");
        expect(answer.json()).toMatchObject({ errorType: "Runtime.InvalidResponseFormat" });
        expect(answer.json()).toHaveProperty(
          "errorMessage",
          expect.stringContaining("Invalid response format: the value at result"),
        );
      });

      test("to stay within the response limit is found before anything is sent", async () => {
        start(handlers.large);
        const answer = await api.invoke({ size: MAX_RESPONSE_BYTES });
        expect(answer.kind).toBe("error");
        expect(answer.json()).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
        expect((await api.invoke({ size: MAX_RESPONSE_BYTES - 2 })).body.length).toBe(MAX_RESPONSE_BYTES);
      });

      test("of the whole process is reported for the invocation it struck", async () => {
        const runtime = start(handlers.exits);
        const answer = await api.invoke({ code: 7 });
        expect(answer.kind).toBe("error");
        expect(answer.json()).toMatchObject({ errorType: "Runtime.ExitError" });
        if (fixture.outlivesExit) expect((await api.invoke({})).kind).toBe("response");
        else expect(await runtime.exited).toEqual({ code: 7, signal: null });
        expect(api.posts).toHaveLength(fixture.outlivesExit ? 2 : 1);
      });
    });

    describe("init", () => {
      test("that fails is reported with its reason, and ends the process", async () => {
        const runtime = start(handlers.brokenInit);
        const answer = await api.initError();
        expect(answer.json()).toHaveProperty("errorMessage", expect.stringContaining("no database"));
        expect((await runtime.exited).code).toBe(1);
        expect(api.nextCount).toBe(0);
        expect(runtime.lines.join("\n")).toContain("Init Error");
      });

      test("without such a handler says which there are", async () => {
        start(handlers.missing);
        const answer = await api.initError();
        expect(answer.json()).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
        expect(answer.json()).toHaveProperty("errorMessage", expect.stringContaining(handlers.echo));
      });

      test("without any handler set answers how to set one", async () => {
        start(undefined);
        const answer = await api.invoke({});
        expect(answer.kind).toBe("response");
        expect(answer.json()).toHaveProperty("message", expect.stringContaining("_HANDLER"));
      });
    });

    describe("a log message", () => {
      test("of several lines is one event, with time, request id and level", async () => {
        const runtime = start(handlers.logs);
        const { requestId } = await api.invoke({ level: "warn" });
        const [time, id, level, ...message] = (await runtime.line("first")).split("\t");
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(id).toBe(requestId);
        expect(level).toBe("WARN");
        expect(message.join("\t")).toBe("first\rsecond");
        expect(runtime.lines).toHaveLength(1);
      });

      test("is a JSON object where the function asks for JSON", async () => {
        const runtime = start(handlers.logs, { AWS_LAMBDA_LOG_FORMAT: "JSON" });
        const { requestId } = await api.invoke({ level: "error" });
        const line: unknown = JSON.parse(await runtime.line("first"));
        expect(line).toMatchObject({ level: "ERROR", requestId, message: "first\nsecond" });
      });

      test.each([
        [{ AWS_LAMBDA_LOG_FORMAT: "JSON", AWS_LAMBDA_LOG_LEVEL: "ERROR" }, ["error"]],
        [{ LOGLEVEL: "warn" }, ["warn", "error"]],
        [{}, ["debug", "info", "warn", "error"]],
      ])("is filtered by level: %j", async (environment, kept) => {
        const runtime = start(handlers.logs, environment);
        for (const level of ["debug", "info", "warn", "error"]) await api.invoke({ level });
        await runtime.line("ERROR");
        const levels = runtime.lines.map((line) =>
          /"level":"(\w+)"|\t([A-Z]+)\t/.exec(line)?.slice(1).find(Boolean)?.toLowerCase(),
        );
        expect(levels).toEqual(kept);
      });

      test("of the loop itself appears with LOGLEVEL=debug", async () => {
        const runtime = start(handlers.echo, { LOGLEVEL: "debug" });
        const { requestId } = await api.invoke({});
        await runtime.line(`answered ${requestId}`);
        expect(
          runtime.lines.filter((line) => line.includes("mayfly:") && line.includes(requestId ?? "?")).length,
        ).toBeGreaterThan(1);
      });
    });

    describe("several invocations at once", () => {
      test("each keep their own context", async () => {
        start(handlers.waits, { AWS_LAMBDA_MAX_CONCURRENCY: "8" });
        const gates = Array.from({ length: 8 }, makeGate);
        const ids = gates.map(({ file }, index) => api.offer({ id: index, until: file }));
        await api.taken();
        // The one that was offered last may go first: it overtakes the others.
        gates.at(-1)?.open();
        await api.answerTo(ids.at(-1) ?? "");
        for (const gate of gates) gate.open();
        const answers = await Promise.all(ids.map((id) => api.answerTo(id)));
        expect(answers.map((answer) => answer.json())).toEqual(
          ids.map((id, index) => ({ id: index, before: id, after: id })),
        );
        expect(api.posts[0]?.requestId).toBe(ids.at(-1));
      });
    });
  });
}
