import { createSchema, createYoga } from "graphql-yoga";
import { resolvers, typeDefs } from "./books.cjs";

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), maskedErrors: false });

/** As its documentation for Lambda has it. */
export const handler = async (event, context) => {
  const response = await yoga.fetch(
    `https://${event.requestContext.domainName}${event.rawPath}?${event.rawQueryString}`,
    {
      method: event.requestContext.http.method,
      headers: event.headers,
      body: event.body && Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8"),
    },
    { event, context },
  );
  // Its own Response, under Node.js, has a length.
  const headers = { "content-type": response.headers.get("content-type") };
  const body = await response.text();
  return { statusCode: response.status, headers, body: body.replace(/"stack":"[^"]*"/g, ""), isBase64Encoded: false };
};
