// Runs a handler under Node.js as nodejs22.x does: `node in-node.mjs <module> <export>`, events as a JSON list on standard
// input. The last line of standard output is a list of what each came to.
import { pathToFileURL } from "node:url";
import { text } from "node:stream/consumers";

const [file, name] = process.argv.slice(2);
const events = JSON.parse(await text(process.stdin));
const outcomes = [];
const module = await import(pathToFileURL(file).href);
const handler = name
  .split(".")
  .reduce((value, part) => value?.[part], module.default?.[name] ? module.default : module);
for (const event of events) outcomes.push(await outcomeOf(event));
process.stdout.write(`\n${JSON.stringify(outcomes)}\n`, () => process.exit());

async function outcomeOf(event) {
  try {
    const value = await invoke(event);
    return { value: value === undefined ? null : JSON.parse(JSON.stringify(value)) };
  } catch (error) {
    return error instanceof Error
      ? { error: { errorType: error.name, errorMessage: error.message } }
      : { error: { errorType: typeof error, errorMessage: String(error) } };
  }
}

/** The first of the callback and what is returned counts. */
function invoke(event) {
  return new Promise((resolve, reject) => {
    const callback = (error, value) => (error === null || error === undefined ? resolve(value) : reject(error));
    const context = {
      awsRequestId: "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
      functionName: "contract",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:contract",
      memoryLimitInMB: "1024",
      logGroupName: "/aws/lambda/contract",
      logStreamName: "2026/01/01/[$LATEST]0123",
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => 30_000,
      succeed: resolve,
      fail: reject,
      done: callback,
    };
    const returned = handler(event, context, callback);
    if (typeof returned?.then === "function") returned.then(resolve, reject);
    else if (handler.length < 3 && returned !== undefined) resolve(returned);
  });
}
