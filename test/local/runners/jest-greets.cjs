const { FunctionError, startLambda } = require("mayfly/testing");

let lambda;
beforeAll(async () => {
  lambda = await startLambda({ entry: "src/hello.ts" });
});
afterAll(() => lambda.stop());

test("greets", async () => {
  expect(await lambda.invoke({ name: "Ada" })).toEqual({ message: "Hello Ada" });
});

test("fails readably", async () => {
  const error = await lambda.invoke({}).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(FunctionError);
  expect(error.errorType).toBe("TypeError");
  expect(error.log.join("\n")).toContain("greeting nobody");
});
