import serverless from "serverless-http";
import { app } from "../workloads/express.ts";

export const handle = serverless(app);
