import { withDurableExecution } from "@aws/durable-execution-sdk-js";

export const handler = withDurableExecution(async (event, context) => {
  const first = await context.step("first", async () => event.count + 1);
  await context.wait({ seconds: 1 });
  return first;
});
