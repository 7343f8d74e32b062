import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";

let attempts = 0;
const order = withDurableExecution(async (event, context) => {
  const first = await context.step("first", async () => event.count + 1);
  await context.wait("a while", { seconds: 1 });
  const second = await context.step(
    "second",
    async () => {
      attempts++;
      if (attempts === 1) throw new RangeError("once");
      return first * 2;
    },
    { retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 1 } }) },
  );
  const both = await context.parallel("both", [async () => "a", async () => "b"]);
  if (event.fail) throw new RangeError("too far");
  return { first, second, both: both.getResults() };
});

await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });

/** What AWS does between invocations is played by the SDK's own runner. */
export const handler = async (event) => {
  attempts = 0;
  const execution = await new LocalDurableTestRunner({ handlerFunction: order }).run({ payload: event });
  return {
    status: execution.getStatus(),
    result: event.fail ? execution.getError().errorMessage : execution.getResult(),
    operations: execution.getOperations().map((one) => [one.getName(), one.getType(), one.getStatus()]),
  };
};
