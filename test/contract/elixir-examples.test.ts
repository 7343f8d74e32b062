import { beforeAll, describe, expect, test } from "vitest";
import { buildMixFixture, withoutElixir } from "./build-mix-fixture.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import { runtimesOfEachTest } from "./runtimes.ts";

describe.skipIf(withoutElixir)("what the original Mayfly's documentation shows still does what it says:", () => {
  let bootstrap = "";
  let api: ScriptedRuntimeApi;
  const launch = runtimesOfEachTest((given) => {
    api = given;
  });

  beforeAll(async () => {
    bootstrap = await buildMixFixture("elixir-examples");
  });

  const invoke = async (handler: string, event: unknown): ReturnType<ScriptedRuntimeApi["invoke"]> => {
    launch({ bootstrap, handler });
    return api.invoke(event);
  };

  test("the quick start", async () => {
    const answer = await invoke("Elixir.MyFunction.handle", { name: "Ada" });
    expect(answer.kind).toBe("response");
    expect(answer.json()).toEqual({ message: "Hello from Elixir!", event: { name: "Ada" } });
  });

  test("a response for API Gateway, its body encoded by the project's own Jason", async () => {
    const answer = await invoke("Elixir.Api.Handler.process", { path: "/hello", httpMethod: "GET" });
    expect(answer.json()).toMatchObject({ statusCode: 200, headers: { "Content-Type": "application/json" } });
    const body: unknown = Reflect.get(Object(answer.json()), "body");
    expect(JSON.parse(String(body))).toEqual({ message: "Hello from Elixir!", path: "/hello", method: "GET" });
  });

  describe("a handler of three clauses", () => {
    const handler = "Elixir.Example.WithError.handle";

    test("answers", async () => {
      const answer = await invoke(handler, { any: "thing" });
      expect(answer.json()).toEqual({ status: "success", payload: { any: "thing" } });
    });

    test("fails on purpose, without a stack", async () => {
      const answer = await invoke(handler, { should_fail: true });
      expect(answer.kind).toBe("error");
      expect(answer.json()).toMatchObject({ errorMessage: "Requested failure", stackTrace: [] });
    });

    test("raises, with the line", async () => {
      const answer = await invoke(handler, { raise_error: true });
      expect(answer.json()).toMatchObject({
        errorType: "RuntimeError",
        errorMessage: "Demonstrating error handling",
        stackTrace: [expect.stringMatching(/lib\/documented\.ex:\d+: Example\.WithError\.handle\/1$/)],
      });
    });
  });

  test("an image, base64-encoded", async () => {
    const answer = await invoke("Elixir.ImageGenerator.generate", { size: 1_000 });
    expect(answer.json()).toMatchObject({ isBase64Encoded: true, headers: { "Content-Type": "image/png" } });
    const image = Buffer.from(String(Reflect.get(Object(answer.json()), "body")), "base64");
    expect(image.subarray(0, 4).toString("latin1")).toBe("\u0089PNG");
    expect(image).toHaveLength(1_008);
  });

  describe("process/1 with an exception of the user's own", () => {
    const handler = "Elixir.MyApp.Handler.process";

    test("answers what is valid", async () => {
      const answer = await invoke(handler, { data: [1, 2] });
      expect(answer.json()).toEqual({ result: "Success", data: [1, 2] });
    });

    test("raises for what is not", async () => {
      const answer = await invoke(handler, {});
      expect(answer.json()).toMatchObject({ errorType: "MyApp.ValidationError", errorMessage: "data is required" });
      expect(answer.headers["lambda-runtime-function-error-type"]).toMatch(/^Function\./);
    });
  });

  test("an error that nobody raised: arithmetic on what is missing", async () => {
    const answer = await invoke("Elixir.MyApp.Handler.sum", { a: 1 });
    expect(answer.json()).toMatchObject({
      errorType: "ArithmeticError",
      errorMessage: expect.stringContaining("bad argument"),
    });
  });

  test("a handler named without its prefix is told with it", async () => {
    launch({ bootstrap, handler: "MyFunction.handle" });
    const answer = await api.initError();
    expect(answer.json()).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: expect.stringContaining("Elixir.MyFunction.handle"),
    });
  });
});
