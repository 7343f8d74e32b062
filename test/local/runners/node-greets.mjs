import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FunctionError, startLambda } from "mayfly/testing";

let lambda;
before(async () => {
  lambda = await startLambda({ entry: "src/hello.ts" });
});
after(() => lambda.stop());

test("greets", async () => {
  assert.deepEqual(await lambda.invoke({ name: "Ada" }), { message: "Hello Ada" });
});

test("fails readably", async () => {
  const error = await lambda.invoke({}).catch((thrown) => thrown);
  assert.ok(error instanceof FunctionError);
  assert.equal(error.errorType, "TypeError");
  assert.match(error.log.join("\n"), /greeting nobody/);
});
