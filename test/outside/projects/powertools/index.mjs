import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { parser } from "@aws-lambda-powertools/parser/middleware";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
import middy from "@middy/core";
import { z } from "zod";

const lines = [];
const record = (line) => lines.push(JSON.parse(line));
const logger = new Logger({ serviceName: "orders" });
logger.console = { ...console, info: record, error: record };
const metrics = new Metrics({ namespace: "shop", serviceName: "orders" });
const tracer = new Tracer({ serviceName: "orders" });

export const handler = middy(async (order) => {
  logger.info("order", { order });
  logger.error("bad", new RangeError("too far"));
  metrics.addMetric("ordered", MetricUnit.Count, order.count);
  const emitted = metrics.serializeMetrics();
  metrics.clearMetrics();
  delete emitted._aws.Timestamp;
  const logged = lines
    .splice(0)
    .map(({ timestamp, sampling_rate, xray_trace_id, cold_start, function_request_id, ...line }) => ({
      ...line,
      function_arn: undefined,
      error: line.error && { ...line.error, stack: undefined, location: undefined },
    }));
  return { logged, emitted, traced: tracer.isTracingEnabled() };
})
  .use(injectLambdaContext(logger))
  .use(captureLambdaHandler(tracer))
  .use(parser({ schema: z.object({ id: z.string(), count: z.number().int() }) }));
