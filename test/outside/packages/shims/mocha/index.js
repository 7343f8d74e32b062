// Tests import what the runner has made global.
const { describe, it, before, beforeEach, after, afterEach } = globalThis;
module.exports = { describe, it, before, beforeEach, after, afterEach };
