import { createSchema, createYoga } from "graphql-yoga";

const typeDefs = `#graphql
  type Book { title: String!, author: Author! }
  type Author { name: String! }
  type Query { books(first: Int): [Book!]!, fails: String }
`;
const books = [
  { title: "Sagas", author: { name: "Snorri" } },
  { title: "Emma", author: { name: "Jane" } },
];
const resolvers = {
  Query: {
    books: (_, { first }) => books.slice(0, first ?? undefined),
    fails: () => {
      throw new Error("nothing here");
    },
  },
};

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
