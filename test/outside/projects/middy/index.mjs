import middy from "@middy/core";
import cors from "@middy/http-cors";
import httpErrorHandler from "@middy/http-error-handler";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";

const eventSchema = transpileSchema({
  type: "object",
  required: ["body"],
  properties: { body: { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 2 } } } },
});

export const handler = middy()
  .use(httpHeaderNormalizer())
  .use(httpJsonBodyParser())
  .use(validator({ eventSchema }))
  .use(cors())
  .use(httpErrorHandler({ logger: false }))
  .handler(async (event) => ({ statusCode: 200, body: JSON.stringify({ hello: event.body.name }) }));
