import { ApolloServer } from "@apollo/server";
import { handlers, startServerAndCreateLambdaHandler } from "@as-integrations/aws-lambda";

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

const server = new ApolloServer({ typeDefs, resolvers, introspection: true, includeStacktraceInErrorResponses: false });

export const handler = startServerAndCreateLambdaHandler(server, handlers.createAPIGatewayProxyEventV2RequestHandler());
