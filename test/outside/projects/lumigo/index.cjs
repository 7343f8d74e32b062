const lumigo = require("@lumigo/tracer")({ token: "t_123456789012345678901", edgeHost: "127.0.0.1", verbose: false });

exports.handler = lumigo.trace(async (event) => {
  if (event.fail) throw new RangeError(event.fail);
  return { count: event.count };
});
exports.callback = lumigo.trace((event, context, callback) => setTimeout(() => callback(null, event), 5));
