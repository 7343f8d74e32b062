"use strict";
// JavaScript, and CommonJS in both builds, because `__dirname` is the one way to know where this package lies that
// ESM, CommonJS and every test runner's own loader agree on.
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

exports.packageRoot = function packageRoot() {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "bin", "mayfly.js"))) return folder;
  }
  throw new Error(`No bin/mayfly.js above ${__dirname}: is mayfly installed completely?`);
};
