const lumigo = require("@lumigo/tracer")({ token: "t_123456789012345678901", switchOff: true });

exports.handler = lumigo.trace(async (event) => {
  if (event.fail) throw new RangeError(event.fail);
  return { count: event.count };
});
exports.callback = lumigo.trace((event, context, callback) => setTimeout(() => callback(null, event), 5));
