const { NodeSDK } = require("@opentelemetry/sdk-node");
const { getNodeAutoInstrumentations } = require("@opentelemetry/auto-instrumentations-node");
const { InMemorySpanExporter, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");
const { trace, context, propagation } = require("@opentelemetry/api");

const exporter = new InMemorySpanExporter();
const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
  instrumentations: [getNodeAutoInstrumentations({ "@opentelemetry/instrumentation-fs": { enabled: false } })],
  resourceDetectors: [],
  metricReaders: [],
});
sdk.start();
const tracer = trace.getTracer("test");

exports.handler = async ({ name }) => {
  exporter.reset();
  await tracer.startActiveSpan("outer", async (span) => {
    span.setAttribute("name", name);
    await new Promise((resolve) => setTimeout(resolve, 5));
    tracer.startActiveSpan("inner", (inner) => inner.end());
    const carrier = {};
    propagation.inject(context.active(), carrier);
    span.addEvent(Object.keys(carrier).join());
    span.end();
  });
  const spans = exporter.getFinishedSpans();
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans.map((span) => [
    span.name,
    names.get(span.parentSpanContext?.spanId),
    span.attributes,
    span.events.map((one) => one.name),
  ]);
};
