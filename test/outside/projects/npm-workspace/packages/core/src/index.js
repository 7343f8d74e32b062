import { readFileSync } from "node:fs";
import ms from "ms";

export const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
export const greet = (name) => `Hello ${name} in ${ms("1h")}`;
