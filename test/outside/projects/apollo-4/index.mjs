import { ApolloServer } from "@apollo/server";
import { handlers, startServerAndCreateLambdaHandler } from "@as-integrations/aws-lambda";
import { resolvers, typeDefs } from "./books.cjs";

const server = new ApolloServer({ typeDefs, resolvers, introspection: true, includeStacktraceInErrorResponses: false });

export const handler = startServerAndCreateLambdaHandler(server, handlers.createAPIGatewayProxyEventV2RequestHandler());
