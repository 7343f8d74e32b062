// The least that makes a custom runtime of an engine with fetch: what plain Bun and Deno are measured with.
import process from "node:process";
import { pathToFileURL } from "node:url";

const invocation = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const [file, name] = process.env._HANDLER.split("#");
const { [name]: handler } = await import(pathToFileURL(file).href);

while (true) {
  const next = await fetch(`${invocation}/next`);
  const awsRequestId = next.headers.get("lambda-runtime-aws-request-id");
  const post = (path, body, headers = {}) =>
    fetch(`${invocation}/${awsRequestId}/${path}`, { method: "POST", headers, body }).then((answer) => answer.text());
  try {
    const result = await handler(await next.json(), { awsRequestId });
    if (result instanceof ReadableStream) {
      await post("response", result, { "lambda-runtime-function-response-mode": "streaming" });
    } else {
      await post("response", JSON.stringify(result));
    }
  } catch (error) {
    await post("error", JSON.stringify({ errorType: "Error", errorMessage: String(error), stackTrace: [] }));
  }
}
