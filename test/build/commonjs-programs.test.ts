import { describe, expect, test } from "vitest";
import { runEachAlone, type SmallProgram } from "./each-alone.ts";

/** Of code that means something else, or nothing, where all is strict. */
const SLOPPY: Readonly<Record<string, SmallProgram>> = {
  with: {
    "main.cjs": `var o = { a: 1 }; var r; with (o) { r = a; a = 5; } module.exports = () => [r, o.a];`,
  },
  "delete-name": {
    "main.cjs": `var x = 1; globalThis.y1 = 2; module.exports = () => [delete x, delete y1, typeof y1];`,
  },
  octal: {
    "main.cjs": `module.exports = () => [010, 0777, "\\101", 09];`,
  },
  "dup-params": {
    "main.cjs": `function f(a, a) { return a; } module.exports = () => f(1, 2);`,
  },
  callee: {
    "main.cjs": `module.exports = () => [(function (n) { return n < 2 ? 1 : n * arguments.callee(n - 1); })(5), (function () { return typeof arguments.callee; })()];`,
  },
  caller: {
    "main.cjs": `function g() { return typeof g.caller; } function f() { return g(); } module.exports = () => f();`,
  },
  "fn-arguments": {
    "main.cjs": `function g() { return g.arguments.length; } module.exports = () => g(1, 2, 3);`,
  },
  "alias-write": {
    "main.cjs": `function f(a, cb) { if (typeof a === "function") { cb = a; a = 1; } return [].slice.call(arguments); } module.exports = () => f(() => 1, 2);`,
  },
  "alias-write-args": {
    "main.cjs": `function f(a) { arguments[0] = 7; return a; } function g(a) { var args = arguments; args[0] = 8; return a; } function h(a) { [].shift.call(arguments); return a; } module.exports = () => [f(1), g(1), h(1, 2)];`,
  },
  "alias-not-strict": {
    "main.cjs": `function f(a) { "use strict"; arguments[0] = 7; return a; } function g(a = 2) { arguments[0] = 7; return a; } module.exports = () => [f(1), g(1)];`,
  },
  "write-to-getter": {
    "main.cjs": `var lib = { Style: require("./style.cjs").Style, other: require("./style.cjs").other };
      function Rule() { this.style = new lib.Style(); this.style.parent = this; lib.other.free = 2; this.style.free = lib.other.free; }
      function strict(rule) { "use strict"; try { rule.style.parent = 1; } catch (error) { return error.name; } }
      module.exports = () => { var rule = new Rule(); return [rule.style.parent, rule.style.free, strict(rule)]; };`,
    "style.cjs": `"use strict"; class Style { get parent() { return "none"; } get free() { return this.given; } set free(value) { this.given = value; } }
      exports.Style = Style; exports.other = {};`,
  },
  "this-plain": {
    "main.cjs": `function f() { return this === globalThis; } module.exports = () => [f(), (function () { return this === globalThis; })(), [1].map(function () { return this === globalThis; })[0], (() => this === module.exports)()];`,
  },
  "this-top": {
    "main.cjs": `this.a = 1; exports.b = this === exports; module.exports.default = () => [exports.a, exports.b];`,
  },
  "this-global-iife": {
    "main.cjs": `(function () { var root = this; root.fromIife = 3; })(); (function (g) { g.two = 2; })(this); module.exports = () => [globalThis.fromIife, typeof globalThis.two];`,
  },
  "this-proto": {
    "main.cjs": `String.prototype.kind1 = function () { return typeof this; }; module.exports = () => "a".kind1();`,
  },
  "this-new-guard": {
    "main.cjs": `function A(x) { if (!(this instanceof A)) return new A(x); this.x = x; } module.exports = () => [A(1).x, new A(2).x];`,
  },
  "this-plain-ctor": {
    "main.cjs": `function setup() { this.config1 = { a: 1 }; } setup(); module.exports = () => globalThis.config1;`,
  },
  "this-callback": {
    "main.cjs": `module.exports = () => new Promise((d) => setImmediate(function () { d(typeof this); }));`,
  },
  "this-extracted": {
    "main.cjs": `var o = { f: function () { return this === globalThis; } }; var f = o.f; module.exports = () => [f(), (0, o.f)(), o.f()];`,
  },
  "this-default-param": {
    "main.cjs": `function f(a = this) { return a === globalThis; } module.exports = () => f();`,
  },
  "block-function": {
    "main.cjs": `if (true) { function f() { return 1; } } module.exports = () => [typeof f, f()];`,
  },
  "block-function-2": {
    "main.cjs": `module.exports = () => { var r = [typeof g]; { function g() {} } r.push(typeof g); switch (1) { case 1: function h() { return 2; } } r.push(h()); try { function k() { return 3; } } catch (e) {} r.push(k()); return r; };`,
  },
  "if-function": {
    "main.cjs": `if (true) function f() { return 1; } module.exports = () => f();`,
  },
  "readonly-write": {
    "main.cjs": `var o = Object.freeze({ a: 1 }); o.a = 2; o.b = 3; delete o.a; module.exports = () => [o.a, o.b];`,
  },
  "readonly-fn-name": {
    "main.cjs": `function f() {} f.name = "g"; f.length = 3; module.exports = () => [f.name, f.length];`,
  },
  "getter-only": {
    "main.cjs": `var o = { get a() { return 1; } }; o.a = 2; module.exports = () => o.a;`,
  },
  "undefined-write": {
    "main.cjs": `undefined = 1; NaN = 2; Infinity = 3; module.exports = () => [typeof undefined, NaN !== NaN];`,
  },
  "own-name-write": {
    "main.cjs": `var f = function g() { g = 1; return typeof g; }; module.exports = () => f();`,
  },
  "const-class-strict": {
    "main.cjs": `class A { m() { return this; } static s() { return this === undefined; } } var m = new A().m; var s = A.s; module.exports = () => [m() === undefined, s()];`,
  },
  "reserved-names": {
    "main.cjs": `var package = { version: 1 }; var interface = 2, let = 3, static = 4, yield = 5; var await = 6; var public = 7; module.exports = () => [package.version, interface, let, static, yield, await, public];`,
  },
  "html-comment": {
    "main.cjs": `var a = 1;
<!-- a comment
module.exports = () => a;
--> another`,
  },
  "eval-scope": {
    "main.cjs": `var a = 1; eval("var b = 2"); module.exports = () => { var c = 3; eval("var d = a + b + c"); return d; };`,
  },
  "eval-require": {
    "main.cjs": `var r = eval("require"); var m = eval("quire".replace(/^/, "re"))("path"); module.exports = () => [typeof r, m.sep, typeof eval("module"), typeof eval("exports"), eval("__filename").endsWith("main.cjs"), eval("__dirname") === __dirname];`,
  },
  "eval-require-strict": {
    "main.cjs": `"use strict"; var m = eval("quire".replace(/^/, "re"))("./a.cjs"); module.exports = () => [m.a, typeof require("./a.cjs")];`,
    "a.cjs": `exports.a = 1;`,
  },
  "indirect-eval": {
    "main.cjs": `var g = (0, eval)("this"); (0, eval)("var leaked = 4"); module.exports = () => [g === globalThis, typeof leaked];`,
  },
  "new-function": {
    "main.cjs": `var g = new Function("return this")(); var f = new Function("require", "return require('path').sep")(require); module.exports = () => [g === globalThis, f];`,
  },
  inquire: {
    "main.cjs": `module.exports = () => [inquire("fs") !== null, inquire("not-there-at-all")]; function inquire(moduleName) { try { var mod = eval("quire".replace(/^/,"re"))(moduleName); if (mod && (mod.length || Object.keys(mod).length)) return mod; } catch (e) {} return null; }`,
  },
  undeclared: {
    "main.cjs": `x9 = 1; for (i9 = 0; i9 < 2; i9++); [q9] = [3]; module.exports = () => { y9 = 2; y9 += 1; return [x9, i9, q9, y9, typeof globalThis.y9]; };`,
  },
  "call-this-import": {
    "main.mjs": `import lib, { f } from "./lib.cjs"; import * as ns from "./lib.cjs"; export default () => [f(), lib.f(), ns.f() , (0, lib.f)(), ns.default.f()];`,
    "lib.cjs": `exports.f = function () { return this === exports ? "exports" : this === globalThis ? "global" : this === undefined ? "undefined" : typeof this; };`,
  },
  "call-this-import-strict": {
    "main.mjs": `import lib, { f } from "./lib.cjs"; import * as ns from "./lib.cjs"; export default () => [f(), lib.f(), (0, lib.f)(), ns.default.f()];`,
    "lib.cjs": `"use strict"; exports.f = function () { return this === exports ? "exports" : this === globalThis ? "global" : this === undefined ? "undefined" : typeof this; };`,
  },
  "call-this-require": {
    "main.cjs": `const lib = require("./lib.cjs"); const { f } = lib; module.exports = () => [f(), lib.f(), (0, lib.f)(), require("./lib.cjs").f()];`,
    "lib.cjs": `"use strict"; exports.f = function () { return this === exports ? "exports" : this === globalThis ? "global" : this === undefined ? "undefined" : typeof this; };`,
  },
  "args-length-only": {
    "main.cjs": `function f(a, b) { if (arguments.length < 2) { b = a; a = 0; } return [a, b]; } module.exports = () => [f(1), f(1, 2)];`,
  },
  "labels-etc": {
    "main.cjs": `foo: function bar() { return 1; } module.exports = () => bar();`,
  },
  "catch-var": {
    "main.cjs": `try { throw 1; } catch (e) { var e = 2; } module.exports = () => e;`,
  },
  "this-in-arrow-in-fn": {
    "main.cjs": `function f() { return (() => this === globalThis)(); } module.exports = f() ;`,
  },
  "sloppy-cycle": {
    "main.cjs": `exports.early = 1; with ({}) {} var b = require("./b.cjs"); exports.late = 2; exports.default = () => [b.seen, b.get()];`,
    "b.cjs": `var m = require("./main.cjs"); exports.seen = Object.keys(m); exports.get = () => Object.keys(m);`,
  },
  "sloppy-imported-names": {
    "main.mjs": `import { a, b } from "./lib.cjs"; import lib from "./lib.cjs"; export default () => [a, b, lib.a, typeof lib];`,
    "lib.cjs": `with ({}) {} exports.a = 1; exports.b = 010;`,
  },
  "sloppy-esModule": {
    "main.mjs": `import d from "./lib.js"; import { a } from "./lib.js"; export default () => [d, a].map((x) => typeof x === "object" ? Object.keys(x) : x);`,
    "lib.js": `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 5; exports.a = 010;`,
    "package.json": `{}`,
  },
  "sloppy-throws": {
    "main.cjs": `var r = []; for (var i = 0; i < 2; i++) { try { r.push(require("./t.cjs")); } catch (e) { r.push(e.message); } } module.exports = r;`,
    "t.cjs": `with ({}) {} globalThis.n7 = (globalThis.n7 || 0) + 1; if (globalThis.n7 < 2) throw new Error("no"); module.exports = "ok";`,
  },
  "getter-this": {
    "main.cjs": `var o = {}; Object.defineProperty(o, "t", { get: function () { return typeof this; } }); Object.defineProperty(String.prototype, "tt", { get: function () { return typeof this; } }); module.exports = () => [o.t, "x".tt];`,
  },
  "prototype-method-plain": {
    "main.cjs": `function A() {} A.prototype.m = function () { return this === globalThis; }; var m = A.prototype.m; var b = [new A()].map(new A().m); module.exports = () => [m(), b];`,
  },
  "class-like-inherit": {
    "main.cjs": `function Base() { this.n = 1; } function Sub() { Base.call(this); this.m = 2; } Sub.prototype = Object.create(Base.prototype); module.exports = () => { var s = new Sub(); return [s.n, s.m]; };`,
  },
  "function-ctor-this": {
    "main.cjs": `var global = Function("return this")() || (0, eval)("this"); module.exports = () => global === globalThis;`,
  },
  "typeof-this-undefined": {
    "main.cjs": `var g = typeof globalThis !== "undefined" ? 1 : this; var h = (function () { return typeof this; })(); module.exports = () => [g, h];`,
  },
  "async-this": {
    "main.cjs": `async function f() { return this === globalThis; } function* g() { yield this === globalThis; } module.exports = async () => [await f(), g().next().value];`,
  },
  "emitter-this": {
    "main.cjs": `var E = require("events"); module.exports = () => { var e = new E(), r; e.on("x", function () { r = this === e; }); e.emit("x"); return r; };`,
  },
  "sort-this": {
    "main.cjs": `var t; [2, 1].sort(function (a, b) { t = this === globalThis; return a - b; }); "a".replace(/a/, function () { t = t && this === globalThis; return ""; }); module.exports = () => t;`,
  },
  "json-this": {
    "main.cjs": `module.exports = () => JSON.stringify({ a: new Date(0) }, function (k, v) { return k === "a" ? typeof this[k] : v; });`,
  },
  "implements-as-param": {
    "main.cjs": `function f(static, yield) { return static + yield; } module.exports = () => f(1, 2);`,
  },
  "fn-name-shadow": {
    "main.cjs": `function f() { f = 2; return typeof f; } module.exports = () => [f(), typeof f];`,
  },
  "requires, imports and places": {
    "main.cjs": `var path = require("path"), other = require("./other.cjs"); with ({ z: 1 }) { var z2 = z; } module.exports = () => [path.join("a", "b"), other.v, z2, __filename.endsWith("main.cjs"), typeof require.resolve, require("./other.cjs") === other, typeof require("./data.json").k];`,
    "other.cjs": `exports.v = 3;`,
    "data.json": `{"k": 1}`,
  },
};

/** What Node.js gives a module besides its exports. */
const GIVEN: Readonly<Record<string, SmallProgram>> = {
  "requires that come to a constant": {
    "main.cjs": `const path = require("path"); module.exports = () => [require(__dirname + "/lib/a.cjs").a, require(path.join(__dirname, "lib", "a.cjs")).a, require("./lib/" + "a.cjs").a, require(__dirname + "/lib").index, require("" + "./lib/a.cjs") === require("./lib/a.cjs")];`,
    "lib/a.cjs": `exports.a = 1;`,
    "lib/index.js": `exports.index = 2;`,
  },
  "a require of its own": {
    "main.cjs": `exports.default = (function (require) { return [require(__dirname + "/x").replace(__dirname, ""), require("a" + "b")]; })((name) => name);`,
  },
  "require-main": {
    "main.cjs": `module.exports = () => [require.main === module, typeof require.main, require.main && require.main.filename];`,
  },
  "require-cache": {
    "main.cjs": `delete require.cache[require.resolve("./main.cjs")]; module.exports = () => [typeof require.cache, Object.keys(require.cache).length >= 0];`,
  },
  "module-require": {
    "main.cjs": `module.exports = () => [module.require("./a.cjs").a, module.require("path").sep, (() => { try { module.require("./nope.cjs"); } catch (e) { return e.code; } })()];`,
    "a.cjs": `exports.a = 1;`,
  },
  "module-parent": {
    "main.cjs": `const b = require("./b.cjs"); module.exports = () => [b.hasParent, b.main];`,
    "b.cjs": `exports.hasParent = !!module.parent; exports.main = !module.parent;`,
  },
  "require-props": {
    "main.cjs": `module.exports = () => [Object.keys(require).sort(), require.name, require.length, typeof require.extensions[".js"], typeof require.resolve.paths, require.resolve.paths("fs"), require.resolve.paths("x")[0] === __dirname + "/node_modules", require.resolve("fs"), require.resolve("node:fs")];`,
  },
  "require-alias": {
    "main.cjs": `var r = require; module.exports = () => [r("path").sep, (() => { try { return r("./a.cjs").a; } catch (e) { return e.code; } })()];`,
    "a.cjs": `exports.a = 1;`,
  },
  "require-computed-builtin": {
    "main.cjs": `module.exports = () => ["os", "node:path"].map((n) => typeof require(n));`,
  },
  "require-computed-missing": {
    "main.cjs": `module.exports = () => ["nope", "./nope", "@a/b/c"].map((n) => { try { require(n); } catch (e) { return [e.code, e.message.split("\\n")[0], Array.isArray(e.requireStack), e.requireStack && e.requireStack[0] === __filename]; } });`,
  },
  "exports-alias": {
    "main.cjs": `exports = module.exports = { a: 1 }; exports.b = 2; module.exports.default = () => [Object.keys(module.exports).sort()];`,
  },
  "module-exports-getter": {
    "main.cjs": `var lib = require("./lib.cjs"); module.exports = () => [lib.x, lib.__esModule, Object.keys(lib)];`,
    "lib.cjs": `Object.defineProperty(module, "exports", { get() { return { x: 1 }; } });`,
  },
  "module-shadow": {
    "main.cjs": `(function (module) { module.exports = 1; })({}); module.exports = () => typeof module;`,
  },
  "umd-value": {
    "main.cjs": `module.exports = () => require("./u.cjs").v;`,
    "u.cjs": `;(function (root, factory) { if (typeof define === "function" && define.amd) define([], factory); else if (typeof module === "object" && module.exports) module.exports = factory(); else root.V = factory(); }(typeof self !== "undefined" ? self : this, function () { return { v: 1 }; }));`,
  },
  "lodash-like": {
    "main.cjs": `;(function () { var freeGlobal = typeof global == "object" && global && global.Object === Object && global; var root = freeGlobal || Function("return this")(); var freeExports = typeof exports == "object" && exports && !exports.nodeType && exports; var freeModule = freeExports && typeof module == "object" && module && !module.nodeType && module; var moduleExports = freeModule && freeModule.exports === freeExports; var nodeUtil = (function () { try { var types = freeModule && freeModule.require && freeModule.require("util").types; if (types) return types; } catch (e) {} }()); freeModule.exports = () => [moduleExports, typeof nodeUtil.isDate, root === globalThis]; }.call(this));`,
  },
  browserify: {
    "main.cjs": `(function () { function r(e, n, t) { function o(i, f) { if (!n[i]) { if (!e[i]) { var c = "function" == typeof require && require; if (!f && c) return c(i, !0); throw new Error("no " + i); } var p = n[i] = { exports: {} }; e[i][0].call(p.exports, function (r) { var n = e[i][1][r]; return o(n || r); }, p, p.exports, r, e, n, t); } return n[i].exports; } for (var u = "function" == typeof require && require, i = 0; i < t.length; i++) o(t[i]); return o; } return r; })()({ 1: [function (require, module, exports) { globalThis.bfy = [require("path").sep, require("./two").b]; }, { "./two": 2 }], 2: [function (require, module, exports) { exports.b = 2; }, {}] }, {}, [1]); module.exports = () => globalThis.bfy;`,
  },
  "import-fresh": {
    "main.cjs": `module.exports = () => { var f = require.resolve("./main.cjs"); var old = require.cache[f]; if (old && old.parent && old.parent.children) { var i = old.parent.children.length; while (i--) if (old.parent.children[i].id === f) old.parent.children.splice(i, 1); } delete require.cache[f]; var p = require.cache[__filename]; return p === undefined || typeof require.main; };`,
  },
  "fields of a module": {
    "main.cjs": `const b = require("./b.cjs"); module.exports = () => [...b.fields(), b.atInit];`,
    "b.cjs": `exports.atInit = module.loaded; exports.fields = () => [module.id === __filename, module.filename === __filename, module.path === __dirname, module.paths[0] === __dirname + "/node_modules", Array.isArray(module.children), module.loaded, typeof module.parent, typeof module.require, module instanceof require("module")];`,
  },
};

/** What an ES module gets of CommonJS. */
const IMPORTED: Readonly<Record<string, SmallProgram>> = {
  "with-require": {
    "main.mjs": `import { f } from "./lib.cjs"; import other from "./other.cjs"; export default () => [f(), other()];`,
    "lib.cjs": `exports.a = 1; exports.f = () => 2;`,
    "other.cjs": `module.exports = () => Object.keys(require("./lib.cjs"));`,
  },
  "void0-alias": {
    "main.mjs": `import lib, { f } from "./lib.cjs"; export default () => [f(), lib.f()];`,
    "lib.cjs": `exports.f = void 0; var e = exports; e.f = function () { return 3; };`,
  },
  "void0-define": {
    "main.mjs": `import lib from "./lib.cjs"; export default () => [lib.f()];`,
    "lib.cjs": `exports.f = void 0; Object.defineProperty(exports, "f", { enumerable: true, get: function () { return () => 4; } });`,
  },
  "const-change": {
    "main.mjs": `import lib from "./lib.cjs"; export default () => { lib.inc(); return lib.n; };`,
    "lib.cjs": `exports.n = 1; exports.inc = function () { exports.n++; };`,
  },
  "const-change-2": {
    "main.mjs": `import lib, { inc } from "./lib.cjs"; export default () => { inc(); return [lib.n]; };`,
    "lib.cjs": `exports.n = 1; exports.inc = function () { exports["n"] = 5; };`,
  },
  "late-default": {
    "main.mjs": `import lib from "./lib.cjs"; export default () => { lib.init(); return lib.later(); };`,
    "lib.cjs": `exports.n = 1; exports.init = function () { exports.later = () => 2; };`,
  },
  "late-default-alias": {
    "main.mjs": `import lib from "./lib.cjs"; const l = lib; l.init(); export default () => l.later();`,
    "lib.cjs": `exports.init = function () { exports.later = () => 2; };`,
  },
  "this-default": {
    "main.mjs": `import lib from "./lib.cjs"; export default () => [lib.hit(), lib.get(), lib.state];`,
    "lib.cjs": `exports.state = 0; exports.hit = function () { this.state++; return this === exports; }; exports.get = function () { return exports.state; };`,
  },
  "assign-other": {
    "main.mjs": `import lib from "./lib.cjs"; lib.f = () => 2; export default () => [lib.g(), lib.f()];`,
    "lib.cjs": `exports.f = () => 1; exports.g = () => exports.f();`,
  },
  "assign-computed": {
    "main.mjs": `import lib from "./lib.cjs"; const k = "f"; Object.assign(lib, { f: () => 3 }); export default () => [lib.g(), lib.f(), lib[k]()];`,
    "lib.cjs": `exports.f = () => 1; exports.g = () => exports.f();`,
  },
  define: {
    "main.mjs": `import lib from "./lib.cjs"; Object.defineProperty(lib, "f", { value: () => 3 }); export default () => [lib.f(), delete lib.zzz];`,
    "lib.cjs": `exports.f = () => 1;`,
  },
  "in-default": {
    "main.mjs": `import lib from "./lib.cjs"; export default () => ["f" in lib, lib.hasOwnProperty("f"), typeof lib.f, lib.toString === Object.prototype.toString, lib.__esModule];`,
    "lib.cjs": `exports.f = () => 1;`,
  },
  singleton: {
    "main.mjs": `import log from "./log.cjs"; export default () => { log.hit(); log.hit(); return [log.count, log.self() === log, log.priv()]; };`,
    "log.cjs": `class L { #p = 1; constructor() { this.count = 0; } hit() { this.count++; } self() { return this; } priv() { return this.#p; } } module.exports = new L();`,
  },
  "late-member": {
    "main.mjs": `import lib from "./lib.cjs"; export default () => { lib.init(); return [lib.later, "later" in lib, lib.n]; };`,
    "lib.cjs": `exports.n = 1; exports.init = () => { exports.later = 5; exports.n = 2; };`,
  },
  "esmodule-js": {
    "main.mjs": `import x from "./u.js"; export default x;`,
    "u.js": `module.exports = () => { const d = require("./e.js"); d.default.inc(); return [d.default.n, d.__esModule]; };`,
    "e.js": `Object.defineProperty(exports, "__esModule", { value: true }); class A { n = 0; inc() { this.n++; } } exports.default = new A();`,
    "package.json": `{}`,
  },
};

describe("CommonJS means what it means in Node.js:", () => {
  test.each([
    ["code that isn't strict", SLOPPY],
    ["what a module and its require have", GIVEN],
    ["exports that ES modules import", IMPORTED],
  ])(
    "%s",
    async (_what, programs) => {
      const { byNode, built } = await runEachAlone(programs);
      expect(built).toEqual(byNode);
    },
    180_000,
  );
});
