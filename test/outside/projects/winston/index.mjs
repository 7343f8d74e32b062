import winston from "winston";
import Transport from "winston-transport";

const kept = [];
class Kept extends Transport {
  log(info, callback) {
    kept.push(info[Symbol.for("message")]);
    callback();
  }
}
const logger = winston.createLogger({
  level: "debug",
  format: winston.format.combine(winston.format.errors(), winston.format.splat(), winston.format.json()),
  defaultMeta: { service: "orders" },
  transports: [new Kept(), new winston.transports.Console({ silent: true })],
});

export const handler = async ({ name }) => {
  kept.length = 0;
  logger.info("hello %s", name, { id: 1 });
  logger.child({ request: 2 }).debug("child");
  logger.error(new RangeError("too far"));
  await new Promise((resolve) => setImmediate(resolve));
  return kept;
};
