import { afterAll, beforeAll, expect, test } from "bun:test";
import { FunctionError, startLambda, type TestLambda } from "mayfly/testing";

let lambda: TestLambda;
beforeAll(async () => {
  lambda = await startLambda({ entry: "src/hello.ts" });
}, 300_000);
afterAll(() => lambda.stop());

test("greets", async () => {
  expect(await lambda.invoke<{ message: string }>({ name: "Ada" })).toEqual({ message: "Hello Ada" });
});

test("fails readably", async () => {
  const error = await lambda.invoke({}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FunctionError);
  expect((error as FunctionError).errorType).toBe("TypeError");
  expect((error as FunctionError).log.join("\n")).toContain("greeting nobody");
});
