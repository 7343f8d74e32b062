// Handlers as they are written for AWS's Node.js runtime up to 22, in JavaScript like most of them.
const { existsSync } = require("node:fs");
const { EventEmitter } = require("node:events");
const { ServerResponse } = require("node:http");
const later = (run, ms = 5) => setTimeout(() => run(), ms);
const waitFor = (file, then) => {
  const timer = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(timer);
    then();
  }, 5);
};

exports.three = (event, context, callback) => later(() => callback(null, { name: event.name }));
exports.atOnce = (event, context, callback) => callback(null, event);
exports.asyncThree = async (event, context, callback) => ({ ok: typeof callback });
exports.promiseOfThree = (event, context, callback) => Promise.resolve({ ok: typeof callback });
exports.asyncCallsBack = async (event, context, callback) => callback(null, "by callback");
exports.returnsIgnored = (event, context, callback) => {
  later(() => callback(null, "called back"));
  return "returned";
};
exports.rest = (...parameters) => exports.three(...parameters);
exports.arguments = function () {
  return exports.three.apply(this, arguments);
};
exports.defaulted = (event, context = {}, callback = () => undefined) => exports.three(event, context, callback);
exports.bound = exports.three.bind(null);
exports.api = {
  name: "this",
  method(event, context, callback) {
    later(() => callback(null, this.name));
  },
};
exports.nothing = (event, context, callback) => callback();
exports.never = (event, context, callback) => void callback;
exports.neverAfterWork = (event, context, callback) => void later(() => void callback, 20);
exports.neverOfTwo = (event, context) => void context;
exports.ofOne = (event) => void event;

exports.succeed = (event, context) => later(() => context.succeed("succeeded"));
exports.done = (event, context) => void later(() => context.done(null, "done"));
exports.fail = (event, context) => void later(() => context.fail(event.error));
exports.doneError = (event, context) => void later(() => context.done("not done"));
exports.failNothing = (event, context) => context.fail();
exports.emitter = (event, context) => {
  later(() => context.succeed("emitted"));
  return new EventEmitter();
};
exports.proxied = (event, context) => ({ promise: new Promise(() => later(() => context.succeed("proxied"))) });

class NoStock extends Error {}
exports.errors = (event, context, callback) => {
  const errors = {
    error: Object.assign(new Error("none left"), { name: "NoStock" }),
    class: new NoStock("none left"),
    string: "Unauthorized",
    empty: "",
    number: 5,
    false: false,
    object: { code: 1 },
    like: { name: "Like", message: "an error", stack: "Like: an error\n    at somewhere (x.js:1:1)" },
    bare: Object.create(null),
  };
  callback(errors[event.kind], "not this");
};
exports.throws = (event, context, callback) => {
  if (event.after) callback(null, "first");
  throw new TypeError("thrown");
};

/** Which of several counts. */
exports.first = (event, context, callback) => {
  const ways = {
    callback: () => callback(null, "callback"),
    error: () => callback(new Error("error")),
    succeed: () => context.succeed("succeed"),
    fail: () => context.fail(new Error("fail")),
  };
  for (const way of event.ways) ways[way]();
  return event.promise ? Promise.resolve("promise") : undefined;
};
exports.promiseFirst = (event, context, callback) => {
  later(() => callback(null, "callback"));
  return Promise.resolve("promise");
};

const left = [];
/** Leaves work behind that ends once the file is there, and answers with what has ended so far. */
exports.leaves = (event, context, callback) => {
  if (event.waits !== undefined) context.callbackWaitsForEmptyEventLoop = event.waits;
  if (event.until) waitFor(event.until, () => left.push(event.until));
  const answer = () => ({
    get left() {
      return left.length;
    },
  });
  if (event.by === "succeed") context.succeed(answer());
  else if (event.by === "error") callback("failed");
  else callback(null, answer());
};
exports.leavesNothing = async () => left.length;
exports.waitsToo = (event, context, callback) => waitFor(event.until, () => callback(null, left.length));
exports.flag = (event, context, callback) => {
  const before = context.callbackWaitsForEmptyEventLoop;
  context.callbackWaitsForEmptyEventLoop = false;
  callback(null, [before, context.callbackWaitsForEmptyEventLoop, Object.keys(context).includes("succeed")]);
};
exports.faultAfter = (event, context, callback) => {
  callback(null, "answered");
  later(() => {
    throw new RangeError("after the callback");
  });
};

exports.rejectsUnseen = (event, context, callback) => {
  if (event.calls) callback(null, "answered");
  void Promise.resolve().then(() => {
    throw new TypeError("unseen");
  });
};

/** As serverless-express and serverless-http collect what a server for Node.js answers. */
exports.adapter = (event, context, callback) => {
  const written = [];
  class Collected extends ServerResponse {
    constructor(method) {
      super({ method });
      this.useChunkedEncodingByDefault = false;
      this.assignSocket({
        _writableState: {},
        writable: true,
        on: Function.prototype,
        removeListener: Function.prototype,
        destroy: Function.prototype,
        cork: Function.prototype,
        uncork: Function.prototype,
        write(data, encoding, done = encoding) {
          written.push(String(data));
          if (typeof done === "function") done();
        },
      });
    }
  }
  const response = new Collected("GET");
  response.once("finish", () => callback(null, [response.statusCode, written.join("").split("\r\n\r\n").at(-1)]));
  response.statusCode = 201;
  response.end("collected");
};

/** As wrappers put themselves in front of the runtime. */
exports.rejections = async () => {
  // oxlint-disable-next-line no-underscore-dangle -- by this name
  const events = process._events;
  const original = events.unhandledRejection;
  const seen = [typeof original, "unhandledRejection" in events, Object.keys(events).includes("uncaughtException")];
  events.unhandledRejection = (reason, promise) => {
    console.log(`wrapped ${reason.message} ${JSON.stringify(seen)}`);
    original(reason, promise);
  };
  void Promise.reject(new Error("nobody"));
  return new Promise((resolve) => void setTimeout(resolve, 5000));
};
