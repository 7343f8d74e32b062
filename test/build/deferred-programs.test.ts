import { describe, expect, test } from "vitest";
import { runEachAlone, type SmallProgram } from "./each-alone.ts";

/** Uses of the engine's modules that a build which loads them late could get wrong. */
const PROGRAMS: Readonly<Record<string, SmallProgram>> = {
  "ns-default-identity": {
    "main.mjs": `import * as ns from "node:fs"; import { createRequire } from "node:module"; export default () => [ns.default === process.getBuiltinModule("fs"), ns.default === createRequire(import.meta.url)("fs"), typeof ns.default.readFileSync];`,
  },
  "ns-default-cjs": {
    "main.mjs": `import * as ns from "node:events"; import c from "./c.cjs"; export default () => [ns.default === c.ev, ns.default === ns.EventEmitter, c.ev === c.ev.EventEmitter, new ns.default().listenerCount("x")];`,
    "c.cjs": `exports.ev = require("events");`,
  },
  "keep-in-object": {
    "main.cjs": `const m = require("fs"); const o = { f: m.existsSync }; m.existsSync = (s) => o.f(s); module.exports = () => m.existsSync("/");`,
  },
  "keep-in-object-2": {
    "main.cjs": `const u = require("./u.cjs"); const m = require("fs"); const orig = m.statSync; m.statSync = (...a) => "patched"; module.exports = () => [u.o.f === orig, u.g === orig, typeof u.p, u.E.f === orig, u.arr[0] === orig];`,
    "u.cjs": `const m = require("fs"); const { promisify } = require("util"); exports.o = { f: m.statSync }; exports.g = m.statSync; exports.p = promisify(m.stat); class E { static f = m.statSync; } exports.E = E; exports.arr = [m.statSync];`,
  },
  "export-value": {
    "main.cjs": `const a = require("./a.cjs"); const fs = require("fs"); const orig = fs.lstatSync; fs.lstatSync = () => 1; module.exports = () => a.f === orig;`,
    "a.cjs": `const m = require("fs"); exports.f = m.lstatSync;`,
  },
  "export-whole-object": {
    "main.cjs": `const a = require("./a.cjs"); const fs = require("fs"); const orig = fs.lstatSync; fs.lstatSync = () => 1; module.exports = () => [a.f === orig, a.g === orig];`,
    "a.cjs": `const m = require("fs"); const g = m.lstatSync; module.exports = { f: m.lstatSync, g };`,
  },
  "promisify-later": {
    "main.cjs": `const a = require("./a.cjs"); const fs = require("fs"); fs.readFile = (p, cb) => cb(null, "patched"); module.exports = async () => (await a.read("/etc/hostname")) !== "patched";`,
    "a.cjs": `const fs = require("fs"); const util = require("util"); const read = util.promisify(fs.readFile); exports.read = (p) => read(p, "utf8");`,
  },
  "promisify-self": {
    "main.cjs": `const fs = require("fs"); const { promisify } = require("util"); const r = promisify(fs.readFile); fs.readFile = function (p, o, cb) { r(p, o).then((x) => cb(null, x), cb); }; module.exports = () => new Promise((d) => fs.readFile("/etc/hostname", "utf8", (e, x) => d(typeof x)));`,
  },
  "var-copy-then-patch": {
    "main.cjs": `const fs = require("fs"); const orig = fs.existsSync; fs.existsSync = (p) => "p" + orig(p); module.exports = () => fs.existsSync("/");`,
  },
  "two-on-a-line": {
    "main.mjs": `import { join } from "node:path"; import { EOL } from "node:os"; export default () => join("a", EOL.trim(), "b");`,
  },
  "class-both-ways": {
    "main.mjs": `import EE from "events"; import { f } from "./f.mjs"; class A extends EE {} export default async () => { const a = new A(); const p = f(a); a.emit("x", 3); return [await p, A.name, a instanceof EE]; };`,
    "f.mjs": `import { once } from "node:events"; export const f = (e) => once(e, "x");`,
  },
  "class-named": {
    "main.mjs": `import { EventEmitter } from "node:events"; class A extends EventEmitter { constructor() { super(); this.x = 1; } } export default () => { const a = new A(); let s; a.on("y", (v) => { s = v; }); a.emit("y", 5); return [s, a instanceof EventEmitter, Object.getPrototypeOf(A) === EventEmitter]; };`,
  },
  "class-ns": {
    "main.mjs": `import * as ev from "node:events"; class A extends ev.EventEmitter {} class B extends ev.default {} export default () => [new A() instanceof B.__proto__, ev.EventEmitter === ev.default];`,
  },
  "class-expr": {
    "main.cjs": `const A = class extends require("events") {}; const B = class Named extends require("events").EventEmitter {}; module.exports = () => [A.name, B.name, new A() instanceof require("events"), new B() instanceof require("node:events")];`,
  },
  "class-in-exports": {
    "main.cjs": `const { Transform } = require("stream"); exports.T = class extends Transform { _transform(c, e, cb) { cb(null, String(c).toUpperCase()); } }; module.exports.default = async () => { const t = new exports.T(); t.end("abc"); let s = ""; for await (const c of t) s += c; return [s, exports.T.name]; };`,
  },
  inherits: {
    "main.cjs": `var util = require("util"); var EE = require("events").EventEmitter; function A() { EE.call(this); } util.inherits(A, EE); A.prototype.hi = function () { return 1; }; module.exports = () => { var a = new A(); var n = 0; a.on("x", function () { n++; }); a.emit("x"); return [n, a.hi(), A.super_ === EE]; };`,
  },
  "inherits-events-direct": {
    "main.cjs": `var inherits = require("util").inherits; function A() {} inherits(A, require("stream").Readable); module.exports = () => [A.super_.name, new A() instanceof require("stream")];`,
  },
  "object-assign": {
    "main.cjs": `const fs = require("fs"); const copy = Object.assign({}, fs); fs.statSync = 1; module.exports = () => [typeof copy.statSync, typeof copy.readFile];`,
  },
  in: {
    "main.cjs": `const fs = require("fs"); const has = "openAsBlob" in fs; module.exports = () => [has, "readFileSync" in fs, "nope" in fs, Object.hasOwn(fs, "stat")];`,
  },
  "in-ns": {
    "main.mjs": `import * as fs from "node:fs"; export default () => ["readFileSync" in fs, "nope" in fs, Object.keys(fs).includes("default"), Object.prototype.toString.call(fs), typeof fs, Reflect.ownKeys(fs).filter((k) => typeof k === "symbol").map(String)];`,
  },
  delete: {
    "main.cjs": `const os = require("os"); module.exports = () => { const d = delete os.nothing; os.added = 1; const r = delete os.added; return [d, r, "added" in os]; };`,
  },
  typeof: {
    "main.cjs": `const fs = require("fs"); const zlib = require("zlib"); module.exports = () => [typeof fs, typeof fs.nope, typeof fs.stat, typeof zlib.constants, typeof fs.promises, typeof fs.constants.O_RDONLY];`,
  },
  "typeof-patched-known": {
    "main.cjs": `const fs = require("fs"); fs.stat = 5; const b = require("./b.cjs"); module.exports = () => b();`,
    "b.cjs": `const fs = require("fs"); module.exports = () => typeof fs.stat;`,
  },
  "graceful-fs": {
    "main.cjs": `const g = require("./graceful.cjs"); module.exports = () => new Promise((d) => g.readFile("/etc/hostname", "utf8", (e, t) => d([typeof t, g.n, g.close !== require("fs").close, Object.getPrototypeOf(g) === Object.getPrototypeOf(require("fs")), g.ReadStream === require("fs").ReadStream])));`,
    "graceful.cjs": `var fs = require("fs"); var util = require("util");
module.exports = clone(fs); module.exports.n = 0; patch(module.exports);
function clone(obj) { var copy = Object.create(Object.getPrototypeOf(obj)); Object.getOwnPropertyNames(obj).forEach(function (key) { Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(obj, key)); }); return copy; }
function patch(fs) { var fs$readFile = fs.readFile; fs.readFile = readFile; function readFile(path, options, cb) { fs.n++; return fs$readFile(path, options, cb); } return fs; }
fs.close = (function (fs$close) { function close(fd, cb) { return fs$close.call(fs, fd, function (err) { if (typeof cb === "function") cb.apply(this, arguments); }); } Object.defineProperty(close, Symbol.for("prev"), { value: fs$close }); return close; })(fs.close);`,
  },
  shimmer: {
    "main.cjs": `const { wrap } = require("./shimmer.cjs"); const http = require("http"); const seen = []; wrap(http, "request", (orig) => function (...a) { seen.push(a.length); return orig.apply(this, a); }); wrap(http, "get", (orig) => function (...a) { seen.push("get"); return orig.apply(this, a); }); const user = require("./user.cjs"); module.exports = async () => { const r = await user(); return [r, seen, http.request.__wrapped, http.get.__original !== undefined]; };`,
    "shimmer.cjs": `exports.wrap = (nodule, name, wrapper) => { const original = nodule[name]; const wrapped = wrapper(original, name); for (const [k, v] of [["__original", original], ["__wrapped", true]]) Object.defineProperty(wrapped, k, { value: v, configurable: true, writable: true }); Object.defineProperty(nodule, name, { value: wrapped, configurable: true, enumerable: Object.getOwnPropertyDescriptor(nodule, name).enumerable, writable: true }); };`,
    "user.cjs": `const http = require("http"); module.exports = () => new Promise((d) => { const s = http.createServer((q, r) => r.end("ok")).listen(0, () => { http.request({ port: s.address().port }, (r) => { r.resume(); r.on("end", () => { s.close(); d(r.statusCode); }); }).end(); }); });`,
  },
  "shimmer-get-http": {
    "main.mjs": `import http from "node:http"; import { late } from "./late.mjs"; const orig = http.request; let n = 0; http.request = function (...a) { n++; return orig.apply(this, a); }; export default async () => [late() === orig, late() === http.request, n];`,
    "late.mjs": `import { request } from "node:http"; export const late = () => request;`,
  },
  "patch-before-import-cjs": {
    "main.mjs": `import "./patch.mjs"; import { late, lateDefault, lateNs } from "./late.mjs"; export default () => [late(), lateDefault(), lateNs()];`,
    "patch.mjs": `import os from "node:os"; os.hostname = () => "patched";`,
    "late.mjs": `import { hostname } from "node:os"; import os from "node:os"; import * as ns from "node:os"; export const late = () => hostname() === "patched"; export const lateDefault = () => os.hostname(); export const lateNs = () => ns.hostname() === "patched";`,
  },
  "sync-builtin-exports": {
    "main.mjs": `import os from "node:os"; import { syncBuiltinESMExports } from "node:module"; import { late } from "./late.mjs"; os.hostname = () => "patched"; syncBuiltinESMExports(); export default () => late();`,
    "late.mjs": `import { hostname } from "node:os"; export const late = () => hostname();`,
  },
  "cls-hooked": {
    "main.cjs": `const ah = require("async_hooks"); const { AsyncLocalStorage, AsyncResource, executionAsyncId } = ah; const s = new AsyncLocalStorage(); const EventEmitter = require("events"); const emitter = new EventEmitter(); emitter.on("x", AsyncResource.bind(() => s.getStore())); module.exports = () => s.run(4, () => [s.getStore(), typeof executionAsyncId(), typeof ah.createHook]);`,
  },
  sinon: {
    "main.cjs": `const crypto = require("crypto"); const u = require("./u.cjs"); const stub = (o, k, f) => { const d = Object.getOwnPropertyDescriptor(o, k); const orig = o[k]; o[k] = f; return () => Object.defineProperty(o, k, d); }; module.exports = () => { const restore = stub(crypto, "randomBytes", () => Buffer.from("abc")); const a = u.viaModule(), b = u.viaName().length; restore(); return [a.toString(), b, u.viaModule().length, u.viaModule() === a]; };`,
    "u.cjs": `const crypto = require("crypto"); const { randomBytes } = require("crypto"); exports.viaModule = () => crypto.randomBytes(5); exports.viaName = () => randomBytes(6);`,
  },
  "mock-getter": {
    "main.cjs": `const fs = require("fs"); let n = 0; const orig = fs.readdirSync; Object.defineProperty(fs, "readdirSync", { configurable: true, enumerable: true, get() { n++; return orig; } }); const u = require("./u.cjs"); module.exports = () => { u(); u(); return n; };`,
    "u.cjs": `const fs = require("fs"); module.exports = () => fs.readdirSync("/").length;`,
  },
  "ns-as-value": {
    "main.mjs": `import * as path from "node:path"; const take = (p) => p.join("a", "b"); const keep = { path }; export default () => [take(path), keep.path.join("c", "d"), keep.path === path, Object.isFrozen(path)];`,
  },
  reexport: {
    "main.mjs": `import { fs, stat, Path, default as d, EventEmitter } from "./re.mjs"; import * as re from "./re.mjs"; export default () => [typeof fs.statSync, typeof stat, typeof Path.join, typeof d.once, EventEmitter === d, Object.keys(re).sort()];`,
    "re.mjs": `export * as fs from "node:fs"; export { statSync as stat } from "node:fs"; export { default as Path } from "path"; import x from "node:events"; export { x as default }; export { EventEmitter } from "events";`,
  },
  "reexport-cjs": {
    "main.cjs": `const { path, ev, once } = require("./re.cjs"); module.exports = () => [path.join("a", "b"), new ev() instanceof require("events"), typeof once];`,
    "re.cjs": `exports.path = require("path"); exports.ev = require("events").EventEmitter; module.exports.once = require("events").once;`,
  },
  "module-exports-is-builtin": {
    "main.cjs": `const s = require("./s.cjs"); module.exports = () => [s === require("stream"), new s.PassThrough() instanceof s.Stream, class extends s {}.name];`,
    "s.cjs": `module.exports = require("stream");`,
  },
  "readable-stream-style": {
    "main.cjs": `const s = require("./rs.cjs"); module.exports = () => [s === require("stream").Readable, typeof s.Writable, s.Stream === require("stream"), typeof s.destroy];`,
    "rs.cjs": `'use strict'; const Stream = require('stream'); if (Stream && process.env.READABLE_STREAM === 'disable') { throw 1; } else { const promises = Stream.promises; module.exports = Stream.Readable; Object.defineProperty(module.exports, "promisesx", { configurable: true, enumerable: true, get() { return promises; } }); module.exports.Writable = Stream.Writable; module.exports.Stream = Stream.Stream; } module.exports.default = module.exports;`,
  },
  "fs-promises": {
    "main.cjs": `const fsp = require("fs").promises; const { readFile } = require("fs").promises; const { promises: { stat }, promises } = require("fs"); module.exports = async () => [(await readFile("/etc/hostname", "utf8")).length > 0, (await stat("/")).isDirectory(), promises === fsp, fsp === require("fs/promises"), fsp === require("node:fs/promises")];`,
  },
  keys: {
    "main.cjs": `const p = require("path"); const k = Object.keys(p).length > 10; const e = Object.entries(require("os").constants).length; module.exports = () => [k, e > 0, Object.values(p).length > 10, JSON.stringify(Object.keys(require("path").posix).slice(0, 2)) !== "[]"];`,
  },
  "optional-chain": {
    "main.cjs": `const fs = require("fs"); const os = require("node:os"); module.exports = () => [fs?.statSync("/").isDirectory(), fs?.["existsSync"]?.("/"), fs.nope?.(), os?.nope?.x.y, (fs?.existsSync)("/"), os?.EOL];`,
  },
  "optional-chain-mjs": {
    "main.mjs": `import fs from "fs"; import * as os from "node:os"; export default () => [fs?.statSync("/").isDirectory(), os?.["EOL"], fs.nope?.(), os?.EOL?.length];`,
  },
  tagged: {
    "main.cjs": `const { format } = require("util"); const util = require("util"); module.exports = () => [format\`a\${1}b\`, util.format\`x\${2}\`];`,
  },
  "new-require": {
    "main.cjs": `const a = new (require("events"))(); const b = new (require("events").EventEmitter)(); const c = new (require("events")); const E = require("events"); const d = new E, f = new E.EventEmitter; module.exports = () => [a, b, c, d, f].map((x) => x.listenerCount("a"));`,
  },
  identity: {
    "main.cjs": `module.exports = async () => { const b = (await import("node:fs")).default; const c = await import("fs"); return [require("fs") === b, require("node:fs") === c.default, require("fs") === process.getBuiltinModule("fs"), c.readFile === b.readFile]; };`,
  },
  "destructure-assign": {
    "main.cjs": `let join, sep; ({ join, sep } = require("path")); var { basename } = require("path"), dirname = require("path").dirname; module.exports = () => [join("a", "b"), sep, basename("/x/y"), dirname("/x/y")];`,
  },
  "destructure-in-fn": {
    "main.cjs": `const path = require("path"); module.exports = ({ join } = path, { sep } = path) => [join("a", "b"), sep, (({ parse } = path) => parse("/a/b.c").ext)()];`,
  },
  "let-reassign": {
    "main.cjs": `let fs = require("fs"); try { fs = require("graceful-fs"); } catch {} module.exports = () => typeof fs.readFileSync;`,
  },
  "try-require": {
    "main.cjs": `let crypto; try { crypto = require("node:crypto"); } catch (e) {} let h; try { h = require("http2"); } catch {} module.exports = () => [typeof crypto.createHash, typeof h.connect];`,
  },
  "cond-require": {
    "main.cjs": `const x = process.env.NOPE ? require("zlib") : require("crypto"); const y = process.versions.node && require("util"); const z = y || require("os"); module.exports = () => [typeof x.createHash, typeof z.inspect];`,
  },
  "util-inspect": {
    "main.cjs": `const util = require("util"); const ev = require("events"); class A { [util.inspect.custom]() { return "A!"; } } module.exports = () => [util.inspect(new A()), util.inspect(new ev()).slice(0, 12), util.types.isDate(new Date()), util.isDeep];`,
  },
  "symbol-key": {
    "main.cjs": `const { inspect: { custom } } = require("util"); const { errorMonitor } = require("events"); const o = { [custom]: () => 1, [require("util").promisify.custom]: 2 }; module.exports = () => [Object.getOwnPropertySymbols(o).length, typeof errorMonitor];`,
  },
  "assign-to-import": {
    "main.cjs": `const cp = require("child_process"); cp.exec = Object.assign((...a) => "x" + a.length, { old: cp.exec }); module.exports = () => [cp.exec(1, 2), typeof cp.exec.old, require("child_process").exec === cp.exec];`,
  },
  "default-param-fn": {
    "main.mjs": `import { setTimeout as sleep } from "node:timers/promises"; import { performance } from "node:perf_hooks"; export default async (ms = 1, p = performance) => { const t = p.now(); await sleep(ms); return p.now() > t; };`,
  },
  generator: {
    "main.mjs": `import { Readable, pipeline, Transform } from "node:stream"; import { pipeline as pp } from "node:stream/promises"; import { promisify } from "node:util"; const p = promisify(pipeline); export default async () => { const out = []; await pp(Readable.from(["a", "b"]), async function* (s) { for await (const c of s) yield c + c; }, async (s) => { for await (const c of s) out.push(String(c)); }); return [out, p === p, typeof p]; };`,
  },
  "export-default-class": {
    "main.mjs": `import { Writable } from "node:stream"; export class W extends Writable { _write(c, e, cb) { this.got = (this.got ?? "") + c; cb(); } } export default () => { const w = new W(); w.write("a"); w.write("b"); return w.got; };`,
  },
  "util-promisify-custom": {
    "main.cjs": `const { promisify } = require("util"); const { exec } = require("child_process"); const run = promisify(exec); const sleep = promisify(setTimeout); module.exports = async () => { await sleep(1); const { stdout } = await run("echo hi"); return stdout; };`,
  },
  bind: {
    "main.cjs": `const fs = require("fs"); const read = fs.readFileSync.bind(fs); const call = Function.prototype.call.bind(fs.existsSync); const { apply } = Reflect; module.exports = () => [read("/etc/hostname", "utf8").length > 0, call(null, "/"), apply(fs.existsSync, null, ["/"])];`,
  },
  "bind-later-patch": {
    "main.cjs": `const { read, n } = require("./a.cjs"); const fs = require("fs"); fs.existsSync = () => "patched"; module.exports = () => [read("/"), n("/")];`,
    "a.cjs": `const fs = require("fs"); const bound = fs.existsSync.bind(fs); exports.read = bound; const { existsSync } = fs; exports.n = (p) => existsSync(p);`,
  },
  "this-of-builtin-call": {
    "main.cjs": `const m = require("events"); const { once, EventEmitter } = m; const cp = require("crypto"); module.exports = async () => { const e = new EventEmitter(); const p = once(e, "a"); e.emit("a", 1); return [await p, (0, cp.createHash)("md5").update("a").digest("hex"), cp["createHash"]("md5").digest("hex").length]; };`,
  },
  "member-this": {
    "main.cjs": `const os = require("os"); os.self = function () { return this === os; }; const a = require("./a.cjs"); module.exports = () => a();`,
    "a.cjs": `const os = require("os"); const { self } = os; module.exports = () => [os.self(), (0, os.self)(), self(), (os.self)(), os?.self(), os["self"]()];`,
  },
  "interop-then-patch": {
    "main.cjs": `const u = require("./u.cjs"); const fs = require("fs"); fs.existsSync = () => "patched"; module.exports = () => u();`,
    "u.cjs": `function _interopNamespaceDefault(e) { var n = Object.create(null); if (e) for (var k in e) n[k] = e[k]; n.default = e; return Object.freeze(n); } var fs = _interopNamespaceDefault(require("fs")); module.exports = () => [fs.existsSync("/"), fs.default.existsSync("/")];`,
  },
  "interop-default-of-wrapper": {
    "main.cjs": `function __importDefault(mod) { return mod && mod.__esModule ? mod : { default: mod }; } const fs_1 = __importDefault(require("fs")); module.exports = () => [fs_1 === require("fs"), Object.keys(fs_1), typeof fs_1.existsSync, fs_1.default.existsSync("/")];`,
  },
  "class-instanceof-patched": {
    "main.cjs": `const http = require("http"); class My extends http.Agent {} http.Agent = My; const u = require("./u.cjs"); module.exports = () => u(My);`,
    "u.cjs": `const http = require("http"); module.exports = (My) => { const a = new http.Agent({ keepAlive: true }); return [a instanceof My, a.constructor === My, a instanceof http.Agent]; };`,
  },
  "agent-made-then-patched": {
    "main.cjs": `const http = require("http"); const u = require("./u.cjs"); const Orig = http.Agent; http.Agent = class Mine extends Orig { mine = 1; }; module.exports = () => [u.a.mine, u.a.constructor === Orig, u.a.maxSockets];`,
    "u.cjs": `const http = require("http"); exports.a = new http.Agent({ maxSockets: 3 });`,
  },
  "json-of-const": {
    "main.cjs": `const { constants } = require("zlib"); const fsc = require("fs").constants; const lvl = constants.Z_BEST_COMPRESSION; const table = { [constants.Z_OK]: "ok", a: fsc.O_RDWR }; module.exports = () => [lvl, table, Object.keys(require("os").constants.signals).length > 10];`,
  },
  "eager-iife": {
    "main.cjs": `(function (fs, path) { module.exports = () => [typeof fs.stat, path.join("a", "b")]; })(require("fs"), require("path"));`,
  },
  umd: {
    "main.cjs": `(function (global, factory) { typeof exports === "object" && typeof module !== "undefined" ? module.exports = factory(require("crypto")) : typeof define === "function" && define.amd ? define(["crypto"], factory) : global.X = factory(global.crypto); })(this, function (crypto) { return () => typeof crypto.createHash; });`,
  },
  "comma-and-sequence": {
    "main.cjs": `var a = 1, fs = require("fs"), b = (a++, require("os")), c = (0, fs.existsSync)("/"); module.exports = () => [a, typeof b.EOL, c];`,
  },
  "switch-case": {
    "main.cjs": `const os = require("os"); switch (os.platform()) { case "linux": module.exports = () => "linux " + typeof os.cpus; break; default: module.exports = () => "other"; }`,
  },
  "nested-default-exports": {
    "main.mjs": `import x, { y } from "./x.cjs"; export default () => [typeof x.fs.stat, y === x.y, typeof y];`,
    "x.cjs": `const fs = require("fs"); exports.fs = fs; exports.y = fs.stat;`,
  },
  "early-cycle": {
    "main.cjs": `exports.a = 1; const b = require("./b.cjs"); const { A } = b; exports.default = () => [b.seen, A.name, new A() instanceof require("events")];`,
    "b.cjs": `const main = require("./main.cjs"); exports.seen = Object.keys(main); const { EventEmitter } = require("events"); class A extends EventEmitter {} exports.A = A;`,
  },
  "exports-copied": {
    "main.cjs": `const b = require("./b.cjs"); const fs = require("fs"); const s = fs.stat; fs.stat = 1; const c = { ...b }; module.exports = () => [c.stat === s, b.stat === s, b.A.name];`,
    "b.cjs": `const fs = require("fs"); const { EventEmitter } = require("events"); exports.stat = fs.stat; exports.A = class A extends EventEmitter {};`,
  },
  "class-with-patched-base": {
    "main.cjs": `const b = require("./b.cjs"); const ev = require("events"); const Orig = ev.EventEmitter; ev.EventEmitter = class Fake {}; module.exports = () => [Object.getPrototypeOf(b.A) === Orig, new b.A().on !== undefined];`,
    "b.cjs": `const events = require("events"); class A extends events.EventEmitter {} exports.A = A;`,
  },
  "member-chain-patch": {
    "main.cjs": `const b = require("./b.cjs"); const util = require("util"); const o = util.types.isDate; util.types = { isDate: () => "fake" }; module.exports = () => [b.f === o, b.g()];`,
    "b.cjs": `const util = require("util"); const isDate = util.types.isDate; exports.f = isDate; exports.g = () => util.types.isDate(1);`,
  },
  "ns-member-value-mjs": {
    "main.mjs": `import { o, f, g } from "./u.mjs"; import fs from "node:fs"; const orig = fs.statSync; fs.statSync = () => 1; export default () => [o().f === orig, f === orig, g() === orig];`,
    "u.mjs": `import fs from "node:fs"; import { statSync } from "node:fs"; const kept = { f: fs.statSync }; export const f = fs.statSync; export const o = () => kept; export const g = () => statSync;`,
  },
  "get-builtin-patch": {
    "main.mjs": `import { u } from "./u.mjs"; const os = process.getBuiltinModule("node:os"); const orig = os.hostname; os.hostname = () => "patched"; export default () => u() === "patched";`,
    "u.mjs": `import { hostname } from "node:os"; export const u = () => hostname();`,
  },
  "get-builtin-patch-cjs": {
    "main.cjs": `const u = require("./u.cjs"); process.getBuiltinModule("node:os").hostname = () => "patched"; module.exports = () => u() === "patched";`,
    "u.cjs": `const { hostname } = require("os"); module.exports = () => hostname();`,
  },
  "createrequire-patch": {
    "main.mjs": `import { createRequire } from "node:module"; import { u } from "./u.mjs"; const require = createRequire(import.meta.url); const os = require("os"); os.hostname = () => "patched"; export default () => u() === "patched";`,
    "u.mjs": `import { hostname } from "node:os"; export const u = () => hostname();`,
  },
  "dynamic-import-patch": {
    "main.mjs": `import { u } from "./u.mjs"; export default async () => { const { default: os } = await import("node:os"); os.hostname = () => "patched"; return u() === "patched"; };`,
    "u.mjs": `import { hostname } from "node:os"; export const u = () => hostname();`,
  },
  "require-member-patch": {
    "main.cjs": `const u = require("./u.cjs"); require("os").hostname = () => "patched"; module.exports = () => u() === "patched";`,
    "u.cjs": `const { hostname } = require("os"); module.exports = () => hostname();`,
  },
  "let-import-patch": {
    "main.cjs": `const u = require("./u.cjs"); let os = require("os"); os.hostname = () => "patched"; os = null; module.exports = () => u() === "patched";`,
    "u.cjs": `const { hostname } = require("os"); module.exports = () => hostname();`,
  },
  "used-at-init-mjs-patch": {
    "main.mjs": `import { u } from "./u.mjs"; import os from "node:os"; os.hostname = () => "patched"; export default () => u() === "patched";`,
    "u.mjs": `import { hostname } from "node:os"; export const u = () => hostname();`,
  },
  "ns-import-patch-prop": {
    "main.mjs": `import { u } from "./u.mjs"; import * as os from "node:os"; os.default.hostname = () => "patched"; export default () => u() === "patched";`,
    "u.mjs": `import { hostname } from "node:os"; export const u = () => hostname();`,
  },
  "prototype-patch": {
    "main.cjs": `const u = require("./u.cjs"); const { EventEmitter } = require("events"); const on = EventEmitter.prototype.on; EventEmitter.prototype.on = function (...a) { this.count = (this.count ?? 0) + 1; return on.apply(this, a); }; module.exports = () => u();`,
    "u.cjs": `const EE = require("events"); module.exports = () => { const e = new EE(); e.on("a", () => {}); return e.count; };`,
  },
};

describe("modules of the engine are used", () => {
  test("in unusual ways as in Node.js", async () => {
    const { byNode, built } = await runEachAlone(PROGRAMS);
    expect(built).toEqual(byNode);
  }, 180_000);
});
