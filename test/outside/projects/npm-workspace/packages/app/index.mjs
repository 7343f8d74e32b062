import { greet, version } from "@mono/core";
import plain from "@mono/plain";
import ms from "ms";

export const handler = async ({ name }) => [greet(name), version, plain.double(2), ms("2 days")];
