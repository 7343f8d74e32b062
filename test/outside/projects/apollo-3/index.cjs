const { ApolloServer } = require("apollo-server-lambda");

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

const server = new ApolloServer({ typeDefs, resolvers, debug: false });
const serve = server.createHandler();

exports.handler = (event, context, callback) => {
  const first = {
    ...event,
    httpMethod: event.requestContext.http.method,
    path: event.rawPath,
    resource: "/{proxy+}",
    multiValueHeaders: {},
    requestContext: { ...event.requestContext, identity: {} },
  };
  return serve(version(first), context, callback);
};

/** Of REST APIs. */
function version({ version: _, ...event }) {
  return event;
}
