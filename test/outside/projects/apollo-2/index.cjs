const { ApolloServer } = require("apollo-server-lambda");
const { resolvers, typeDefs } = require("./books.cjs");

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
