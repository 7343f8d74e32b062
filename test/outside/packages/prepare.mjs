// Writes a module for each package that imports its tests, after the runner whose globals they use.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;

/** Where the tests are, and which of them need what no handler has. */
const PACKAGES = {
  // The others compare with the native package iconv.
  "iconv-lite": { tests: ".sources/iconv-lite/test/*-test.js", without: /(?:big5|dbcs|gbk|sbcs|utf32)-test/ },
  cheerio: { tests: ".sources/cheerio/src/**/*.spec.ts" },
  graphql: { tests: ".sources/graphql/src/**/*-test.ts" },
  // The others need packages for their documentation or for other libraries.
  ramda: {
    tests: ".sources/ramda/test/*.js",
    without:
      /test.(?:addIndex|both|clone|collectBy|complement|either|index|invoker|partition|sequence|split|take|traverse|isArrayLike|isTransformer|tap|internal)\.js/,
  },
  protobufjs: {
    tests: "node_modules/protobufjs/tests/{api,comp,docs,lib}_*.js",
    runner: "tape",
    without: /comp_typescript/,
  },
  luxon: { tests: ".sources/luxon/test/**/*.test.js" },
  // The others bundle, compile, look for slow expressions, or need a File of a package's own.
  zod: {
    tests: ".sources/zod/src/v{3,4}/{tests,classic/tests,core/tests,mini/tests}/*.test.ts",
    without: /(?:file|redos|polyfill-collision|treeshake|language-server|to-json-schema)\.test/,
  },
  // The others need suites that come apart from the sources, or what a build made.
  ajv: {
    tests: ".sources/ajv/spec/**/*.spec.ts",
    without:
      /(?:json-schema|jtd-schema|schema-tests|standalone|javacript|options_code|security|re2_engine|async_schemas|extras)\.spec/,
  },
};

// A package that says its modules do nothing when they are imported means none of its tests.
for (const [name, tests] of [
  ["luxon", "./test/**"],
  ["graphql", "**/__tests__/**"],
  ["ramda", "./test/**"],
]) {
  edit(`${name}/package.json`, (text) => JSON.stringify({ ...JSON.parse(text), sideEffects: [tests] }));
}
// Half a module of each kind, which Babel takes.
edit("luxon/test/helpers.js", (text) => text.replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);"));
// Of their own builds: one keeps imports of types, one is in a package that only its developers have.
for (const file of ["cheerio/tsconfig.json", "ajv/tsconfig.json", "ajv/spec/tsconfig.json"]) {
  rmSync(join(here, ".sources", file), { force: true });
}
// Tests of ajv import from what its build makes, which npm has.
cpSync(join(here, "node_modules/ajv/dist"), join(here, ".sources/ajv/dist"), { recursive: true });
cpSync(join(here, "node_modules/zod/src"), join(here, ".sources/zod/src"), { recursive: true });
// The same in TypeScript; and a name that is put together hides from bundlers.
for (const file of globSync(".sources/ajv/spec/{ajv,chai}*.ts", { cwd: here })) {
  edit(file.slice(".sources/".length), (text) =>
    text.replaceAll(/^module\.exports.*$/gm, "").replaceAll(/require\("" \+ /g, "require("),
  );
}
// So do places.
for (const file of globSync(".sources/iconv-lite/test/*-test.js", { cwd: here })) {
  edit(file.slice(".sources/".length), (text) => text.replaceAll(/__dirname ?\+ ?(['"])\//g, "$1./"));
}

mkdirSync(join(here, ".sources/entries"), { recursive: true });
for (const [name, { tests, without = /^$/, runner = "runner" }] of Object.entries(PACKAGES)) {
  const files = globSync(tests, { cwd: here })
    .filter((file) => !without.test(file))
    .toSorted();
  const lines = files.map((file) => `import "../../${file}";`);
  writeFileSync(
    join(here, ".sources/entries", `${name}.mts`),
    [`import "../../src/${runner}.ts";`, ...lines, `export { run } from "../../src/${runner}.ts";`, ""].join("\n"),
  );
}

function edit(file, change) {
  const path = join(here, ".sources", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
