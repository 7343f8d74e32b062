import serverlessExpress from "@codegenie/serverless-express";
import { app } from "./app.mjs";

const serve = serverlessExpress({ app });

/** Without the date. */
export const handler = async (event, context, callback) => {
  const response = await serve(event, context, callback);
  delete response.headers.date;
  return response;
};
