import { createRequire } from "node:module";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { deferInCommonJs } from "./commonjs.ts";
import { answers, type Callable } from "../../../runtime/deferred/deferred-answers.ts";
import type * as deferred from "../../../runtime/deferred/deferred.ts";

const require = createRequire(import.meta.url);
let helper: typeof deferred;

const { getBuiltinModule } = process;

beforeEach(async () => {
  process.getBuiltinModule = getBuiltinModule;
  vi.resetModules();
  helper = await import("../../../runtime/deferred/deferred.ts");
});

interface Evaluated {
  readonly exports: Record<string, unknown>;
  /** What it had loaded of the engine by its end. */
  readonly atEnd: readonly string[];
}

function evaluate(code: string, modules: Readonly<Record<string, unknown>> = {}): Evaluated {
  const module = { exports: {} };
  const load = (specifier: string): unknown => {
    if (specifier === "helper") return helper;
    return Object.hasOwn(modules, specifier) ? modules[specifier] : require(specifier);
  };
  // The wrapper that any engine puts around a CommonJS module.
  // oxlint-disable-next-line typescript/no-implied-eval -- the code under test is text
  Reflect.apply(new Function("exports", "require", "module", code), module.exports, [module.exports, load, module]);
  return { exports: module.exports, atEnd: helper.loadedBuiltins() };
}

function rewrite(source: string, lazyExports: readonly string[] = []): string | undefined {
  // The build asks in another process.
  const watched = process.getBuiltinModule;
  process.getBuiltinModule = getBuiltinModule;
  try {
    return deferInCommonJs(source, "helper", () => new Set(lazyExports))?.code;
  } finally {
    process.getBuiltinModule = watched;
  }
}

/** Evaluates a module as it is and rewritten; calls its `result` in both. */
function both(source: string): { plain: unknown; deferred: unknown; atEnd: readonly string[]; code: string } {
  const code = rewrite(source) ?? source;
  expect(code.split("\n")).toHaveLength(source.split("\n").length);
  const plain = evaluate(source);
  const deferred = evaluate(code);
  return { plain: call(plain), deferred: call(deferred), atEnd: deferred.atEnd, code };
}

function call({ exports: { result } }: Evaluated): unknown {
  if (typeof result !== "function") throw new Error("the module has no result");
  return JSON.parse(JSON.stringify([Reflect.apply(result, undefined, [])]));
}

/** A module's source, and what of the engine it loads before anything in it is called. */
const MODULES: Readonly<Record<string, readonly [source: string, loads: readonly string[]]>> = {
  "a whole module": [
    `const zlib = require("zlib");\nexports.result = () => zlib.gunzipSync(zlib.gzipSync("x")) + "";`,
    [],
  ],
  "its names": [
    `const { createHash, randomBytes: r } = require("node:crypto");\nexports.result = () => [createHash("md5").update("a").digest("hex"), r(3).length];`,
    [],
  ],
  "var, let and several in one statement": [
    `var a = 1, os = require("os"), { join } = require("path");\nlet fs = require("fs"), b = 2;\nexports.result = () => [a, b, typeof os.EOL, join("x", "y"), fs.existsSync("/")];`,
    [],
  ],
  "a class that extends one of the engine's": [
    `const { Readable } = require("stream");\nclass Numbers extends Readable {\n  #left = 2;\n  static made = 0;\n  constructor() { super({ objectMode: true }); Numbers.made++; }\n  _read() { this.push(this.#left-- > 0 ? 7 : null); }\n}\nexports.Numbers = Numbers;\nexports.result = () => [new Numbers() instanceof Readable, new Numbers().read(), Numbers.made, Numbers.name, exports.Numbers === Numbers];`,
    [],
  ],
  "a class in a variable keeps the variable's name": [
    `const stream = require("stream");\nconst Sink = class extends stream.Writable {};\nexports.result = () => [Sink.name, new Sink().constructor === Sink];`,
    [],
  ],
  "a promisified function": [
    `const util = require("util");\nconst { exec } = require("child_process");\nconst run = util.promisify(exec);\nexports.result = () => [typeof run, run.name, run === run];`,
    [],
  ],
  "compilers' adapters": [
    `var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };\nconst https_1 = __importDefault(require("https"));\nconst crypto_1 = require("crypto");\nexports.result = () => [typeof https_1.default.request, (0, crypto_1.createHash)("sha1").update("a").digest("hex"), new https_1.default.Agent({ keepAlive: true }).keepAlive];`,
    [],
  ],
  "shadowed names": [
    `const fs = require("fs");\nexports.result = () => [((fs) => fs.a)({ a: 1 }), (() => { const fs = 2; return fs; })(), (() => { try { throw 3; } catch (fs) { return fs; } })(), [4].map(function fs(x) { return typeof fs === "function" ? x : 0; }), (() => { { let fs = 5; return fs; } })(), (() => { for (const fs of [6]) return fs; })(), typeof fs.statSync];`,
    [],
  ],
  "shorthand, destructuring and templates": [
    "const os = require('os');\nconst { EOL } = os;\nexports.result = () => { const o = { os, EOL }; const { os: again, none = EOL } = o; return [again === os, none === EOL, `${EOL}`, ((x = EOL) => x)()]; };",
    [],
  ],
  "statements without semicolons": [
    `const { EventEmitter, once } = require("events")\nconst seen = []\nexports.result = () => {\n  const a = new EventEmitter()\n  const b = new EventEmitter\n  seen.push(a instanceof EventEmitter, b instanceof EventEmitter)\n  EventEmitter.defaultMaxListeners\n  once\n  return seen\n}`,
    [],
  ],
  "new on members and calls": [
    `const url = require("url"), events = require("events");\nexports.result = () => [new url.URL("http://a/b").pathname, new (url.URL)("http://a/c").pathname, new url.URLSearchParams("a=1").get("a"), new events.EventEmitter().listenerCount("x"), new events().listenerCount("y")];`,
    [],
  ],
  "instanceof with anything on its left": [
    `const { Readable } = require("stream");\nexports.result = () => [null instanceof Readable, "s" instanceof Readable, {} instanceof Readable, (1, Readable.from([])) instanceof Readable, !(undefined instanceof Readable) && 1];`,
    [],
  ],
  "what is asked at once is loaded at once": [
    `const os = require("os");\nconst eol = os.EOL + "x";\nexports.result = () => eol;`,
    ["os"],
  ],
  "a base class with code of its own": [
    `const { Readable } = require("stream");\nlet made = 0;\nclass A extends Readable { static { made++; } }\nexports.result = () => [made, A.name];`,
    ["stream"],
  ],
  "a computed key with an effect": [
    `const { Readable } = require("stream");\nlet n = 0;\nclass A extends Readable { [(n++, "x")]() { return n; } }\nexports.result = () => [n, new A().x()];`,
    ["stream"],
  ],
  "a mixin": [
    `const { Writable } = require("stream");\nlet calls = 0;\nconst mix = (Base) => (calls++, class Mixed extends Base {});\nconst M = mix(Writable);\nexports.result = () => [calls, M.name];`,
    ["stream"],
  ],
  "a probe for a hash": [
    `const { createHash } = require("crypto");\nconst native = (() => {\n  try {\n    createHash("sha256");\n    return true;\n  }\n  catch {\n    return false;\n  }\n})();\nfunction build() {\n  return class Native { hash = createHash("sha256"); };\n}\nconst Sha = native ? build() : null;\nexports.Sha = Sha;\nexports.result = () => [native, new exports.Sha().hash.update("a").digest("hex"), Sha.name];`,
    [],
  ],
  "a probe for a hash that isn't there": [
    `const { createHash } = require("crypto");\nconst native = (() => { try { createHash("md99"); return true; } catch { return false; } })();\nexports.result = () => native;`,
    ["crypto"],
  ],
  "a path that is joined": [
    `const { join, sep, delimiter } = require("node:path");\nconst config = join("/home/x", ".aws", "config");\nconst drive = \`C:\${sep}\${delimiter}\`;\nexports.result = () => [config, drive, join("/a", "../b"), join("/a/", "b"), join("/"), join("a", "b"), join()];`,
    [],
  ],
  "a path that has to be resolved": [
    `const { join } = require("path");\nconst config = join("/home/x", "..", "config");\nexports.result = () => config;`,
    ["path"],
  ],
  "a question for a function": [
    `const zlib = require("zlib");\nconst deflate = typeof zlib.deflateSync === "function" ? zlib.deflateSync : undefined;\nfunction make(f) { return class Native { run(x) { return f(x).length; } }; }\nclass Other {}\nconst Chosen = deflate ? make(deflate) : Other;\nexports.Chosen = Chosen;\nexports.result = () => [Chosen.name, new Chosen().run("xxx") > 0, typeof zlib.nothingLikeIt];`,
    [],
  ],
  "a variable that gets another value": [
    `let fs = require("fs");\nfs = { own: true };\nexports.result = () => fs.own;`,
    ["fs"],
  ],
  "a variable that is declared twice": [
    `var fs = require("fs");\nvar fs = { own: 1 };\nexports.result = () => fs.own;`,
    ["fs"],
  ],
  "exports that are read back and replaced": [
    `exports.E = void 0;\nconst { EventEmitter } = require("events");\nclass E extends EventEmitter {}\nexports.E = E;\nexports.result = () => { const first = exports.E === E; const keys = Object.keys(exports); const all = exports; all.E = 1; return [first, keys, exports.E, Object.getOwnPropertyDescriptor(exports, "E").writable]; };`,
    [],
  ],
  "exports that get other values later": [
    `const { EventEmitter } = require("events");\nclass E extends EventEmitter {}\nexports.E = E;\nexports.result = () => { exports.E = 1; return [exports.E, E.name]; };`,
    ["events"],
  ],
  "values that somebody changes later": [
    `const events = require("events");\nconst most = events.defaultMaxListeners, { EventEmitter: { defaultMaxListeners: same } = {} } = events;\nexports.result = () => { events.defaultMaxListeners = 50; const now = most; events.defaultMaxListeners = 10; return [now, same]; };`,
    ["events"],
  ],
  "a value that somebody changes later": [
    `const events = require("events");\nconst most = events.defaultMaxListeners;\nexports.result = () => { events.defaultMaxListeners = 50; const now = most; events.defaultMaxListeners = 10; return now; };`,
    [],
  ],
  "members that are taken where somebody may replace them later": [
    `const os = require("os"), { promisify } = require("util");\nconst o = { f: os.hostname, os }, p = promisify(os.hostname);\nexports.f = os.hostname;\nclass A { static f = os.hostname; f = os.hostname; }\nexports.A = A;\nexports.result = () => { const real = os.hostname; os.hostname = () => "other"; const all = [o.f, exports.f, A.f, new A().f, o.os.hostname].map((one) => one === real); os.hostname = real; return [all, p !== undefined]; };`,
    [],
  ],
  "adapters that copy names": [
    `function _interopNamespaceDefault(e) { const n = Object.create(null); for (const k in e) n[k] = e[k]; n.default = e; return Object.freeze(n); }\nfunction __importDefault(m) { return { default: m }; }\nconst os = _interopNamespaceDefault(require("os")), path_1 = __importDefault(require("path"));\nconst { hostname } = os, release = os.release;\nexports.result = () => { const real = os.default.hostname; os.default.hostname = () => "other"; const all = [os.hostname === real, os.default.hostname === real, hostname === real, typeof release, Object.keys(path_1), typeof path_1.join, typeof path_1.default.join]; os.default.hostname = real; return all; };`,
    [],
  ],
  "what somebody has changed already": [
    `const os = require("os");\nconst { EOL, release } = os;\nos.EOL = "other"; os.release = 1;\nconst { EOL: other } = require("os"), os2 = require("os");\nconst all = [EOL.length, other, typeof os2.release];\nos.EOL = EOL; os.release = release;\nexports.result = () => all;`,
    ["os"],
  ],
  "strict code stays strict": [
    `"use strict";\nconst os = require("os");\nexports.result = () => [(function () { return this === undefined; })(), typeof os.EOL];`,
    [],
  ],
};

describe("a CommonJS module whose requires are deferred", () => {
  test.each(Object.entries(MODULES))("gives the same answers: %s", (_name, [source, loads]) => {
    const { plain, deferred, atEnd } = both(source);
    expect(deferred).toEqual(plain);
    expect(atEnd).toEqual(loads);
  });

  test.each([
    ["with", `const fs = require("fs");\nwith ({}) fs.x;`],
    ["direct eval", `const fs = require("fs");\neval("fs");`],
    ["a require of its own", `function require() { return {}; }\nconst fs = require("fs");`],
    ["an ES module", `import fs from "fs";\nfs.x;`],
    ["nothing of the engine", `const a = require("./a");\na.x;`],
  ])("is left alone when it has %s", (_what, source) => {
    expect(rewrite(source)).toBeUndefined();
  });

  test("keeps the names it took when somebody replaces them later, as it would have", () => {
    const os = process.getBuiltinModule("node:os");
    const { platform } = os;
    const taker = `const { platform } = require("os");\nexports.result = () => platform;`;
    const patcher = `const os = require("os");\nexports.patch = (value) => { os.platform = value; };`;
    try {
      const taken = evaluate(rewrite(taker) ?? "");
      const { patch } = evaluate(rewrite(patcher) ?? "").exports as { patch: (value: unknown) => void };
      patch(() => "replaced");
      expect((taken.exports["result"] as () => unknown)()).toBe(platform);
      const later = evaluate(rewrite(taker) ?? "");
      expect((later.exports["result"] as () => () => unknown)()()).toBe("replaced");
    } finally {
      os.platform = platform;
    }
  });

  test("joins paths as the engine does, also with parts that aren't text", () => {
    const { join } = process.getBuiltinModule("node:path");
    const plain: Callable = (...parts) => Reflect.apply(join, undefined, parts);
    const answered: Callable = (...parts) => answers.get("path.join")?.(() => plain, parts);
    const outcome = (joined: Callable, parts: readonly unknown[]): unknown => {
      try {
        return joined(...parts);
      } catch (error) {
        return String(error);
      }
    };
    const part = fc.oneof(fc.stringMatching(/^[/.a]{0,4}$/), fc.constantFrom("/a", "/a/b", "b", 1, undefined));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        expect(outcome(answered, parts)).toEqual(outcome(plain, parts));
      }),
    );
  });

  test("calls what somebody has put in the place of a function before the name was taken", () => {
    const path = process.getBuiltinModule("node:path");
    const { join } = path;
    try {
      const patcher = `const path = require("path");\nexports.patch = (value) => { path.join = value; };`;
      const { patch } = evaluate(rewrite(patcher) ?? "").exports as { patch: (value: unknown) => void };
      patch(() => "replaced");
      const taker = `const { join } = require("path");\nexports.result = () => join("/a", "b");`;
      expect((evaluate(rewrite(taker) ?? "").exports["result"] as () => unknown)()).toBe("replaced");
    } finally {
      path.join = join;
    }
  });

  test("reads another module's lazy exports when they are used, and evaluates that module in its place", () => {
    const order: string[] = [];
    const other = {
      get Lazy() {
        order.push("Lazy");
        return 1;
      },
      get eager() {
        order.push("eager");
        return 2;
      },
    };
    const code =
      rewrite(`const { Lazy, eager } = require("./other");\nexports.result = () => Lazy + eager;`, ["Lazy"]) ?? "";
    const { exports } = evaluate(code, { "./other": other });
    expect(order).toEqual(["eager"]);
    expect((exports["result"] as () => unknown)()).toBe(3);
    expect(order).toEqual(["eager", "Lazy"]);
  });

  test("fails where it would have, at the line where it would have", () => {
    const source = `const { createHash } = require("crypto");\n\nexports.fail = () => createHash("no such hash");`;
    const { exports } = evaluate(rewrite(source) ?? "");
    expect(exports["fail"]).toThrow(/Digest method not supported/);
  });
});

/** Statements of a module, each with names of its own and a value that `result` reports; `n` sets them apart. */
const PIECES: readonly ((n: number) => readonly [statement: string, value: string])[] = [
  (n) => [`const { createHash: hash${n} } = require("crypto");`, `hash${n}("md5").update("${n}").digest("hex")`],
  (n) => [`const os${n} = require("node:os")`, `typeof os${n}.EOL + os${n}.EOL.length`],
  (n) => [`var path${n} = require("path"), own${n} = ${n};`, `path${n}.join("a", String(own${n}))`],
  (n) => [`class Readable${n} extends require("stream").Readable {}`, `Readable${n}.name`],
  (n) => [
    `const { Writable: Base${n} } = require("stream");\nclass Sink${n} extends Base${n} { static kind = "sink" }\nexports.Sink${n} = Sink${n}`,
    `[Sink${n}.kind, new exports.Sink${n}() instanceof Base${n}, null instanceof Base${n}]`,
  ],
  (n) => [
    `let count${n} = 0\nconst { inspect: show${n} } = require("util")\ncount${n}++`,
    `show${n}({ a: count${n} })`,
  ],
  (n) => [
    `const util${n} = require("util"), { readFile: read${n} } = require("fs");\nconst later${n} = util${n}.promisify(read${n})`,
    `typeof later${n} + later${n}.length`,
  ],
  (n) => [
    `function uses${n}() { return late${n}.EventEmitter.name }\nconst late${n} = require("events")`,
    `uses${n}()`,
  ],
  (n) => [`for (const os of [${n}]) exports.last = os\nconst again${n} = exports.last`, `again${n}`],
  (n) => [`exports.early${n} = require("url").URL`, `exports.early${n} === URL`],
  (n) => [
    `const zlib${n} = require("zlib"), best${n} = zlib${n}.constants.Z_BEST_SPEED, { gzipSync: pack${n} } = zlib${n};`,
    `[best${n}, pack${n}("x").length > 0, ((zlib${n}) => zlib${n})(${n})]`,
  ],
  (n) => [
    `const http${n} = require("http");\nconst agent${n} = new http${n}.Agent({ maxSockets: ${n} });`,
    `[agent${n}.maxSockets, agent${n} instanceof http${n}.Agent]`,
  ],
];

test("any mixture of such statements gives the same answers", () => {
  const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pieces, fc.boolean(), (chosen, strict) => {
      const made = chosen.map((piece, index) => piece(index));
      const source = [
        ...(strict ? [`"use strict"`] : []),
        ...made.map(([statement]) => statement),
        `;exports.result = () => [${made.map(([, value]) => value).join(", ")}]`,
      ].join("\n");
      const { plain, deferred } = both(source);
      expect(deferred).toEqual(plain);
    }),
    { numRuns: 300 },
  );
});

describe("an agent made before anything is sent", () => {
  test("loads nothing until it is asked something, and then is the real one", () => {
    const code = rewrite(
      `const https = require("https");\nconst options = { keepAlive: true, maxSockets: 7 };\nexports.make = () => { const agent = new https.Agent(options); options.maxSockets = 8; return agent; };\nexports.Agent = () => https.Agent;`,
    );
    const { exports } = evaluate(code ?? "");
    const agent = (exports["make"] as () => Record<string, unknown>)();
    expect(helper.loadedBuiltins()).toEqual([]);
    expect(agent["maxSockets"]).toBe(7);
    expect(helper.loadedBuiltins()).toEqual(["https"]);
    expect(agent).toBeInstanceOf((exports["Agent"] as () => new () => object)());
    agent["maxSockets"] = 9;
    expect([agent["maxSockets"], "keepAlive" in agent, Object.keys(agent).includes("sockets")]).toEqual([
      9,
      true,
      true,
    ]);
  });
});
