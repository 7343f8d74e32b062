const { datadog, sendDistributionMetric } = require("datadog-lambda-js");

exports.handler = datadog(async (event) => {
  sendDistributionMetric("orders", event.count ?? 0, "shop:one");
  if (event.fail) throw new RangeError(event.fail);
  return { count: event.count };
});
