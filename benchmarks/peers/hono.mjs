import { handle as adapt } from "hono/aws-lambda";
import { app } from "../workloads/hono.ts";

export const handle = adapt(app);
