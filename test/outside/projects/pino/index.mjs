import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";

const folder = mkdtempSync(join(tmpdir(), "pino-"));
const file = join(folder, "log");
const pretty = join(folder, "pretty");
const transport = pino.transport({
  targets: [
    { target: "pino/file", options: { destination: file } },
    {
      target: "pino-pretty",
      options: { destination: pretty, colorize: false, sync: true, ignore: "pid,hostname,time" },
    },
  ],
});
const logger = pino({ base: null, timestamp: false }, transport);
await new Promise((resolve) => transport.once("ready", resolve));

export const handler = async ({ name }) => {
  logger.info({ name }, "hello %s", name);
  logger.error(new RangeError("too far"), "failed");
  await new Promise((resolve) => logger.flush(resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const line of lines) if (line.err) delete line.err.stack;
  return {
    lines,
    pretty: readFileSync(pretty, "utf8")
      .split("\n")
      .filter((line) => !/^\s+(at|"stack)/.test(line))[0],
  };
};
