/** As callsites and depd take them. */
exports.callSites = function callSites() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder = {};
  Error.prepareStackTrace = (_, frames) => frames;
  Error.stackTraceLimit = 20;
  Error.captureStackTrace(holder);
  const frames = holder.stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return frames.map((frame) => ({
    file: frame.getFileName(),
    script: frame.getScriptNameOrSourceURL(),
    text: String(frame),
  }));
};

exports.importThere = (name) => import(name);

exports.resolveThere = (name) => require.resolve(name);
