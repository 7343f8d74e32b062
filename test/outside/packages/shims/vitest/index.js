// Tests import what the runner has made global. Types are nobody's business at run time.
const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach, expect } = globalThis;
const expectTypeOf = () => new Proxy(() => undefined, { get: () => expectTypeOf(), apply: () => expectTypeOf() });
const fn = (body = () => undefined) => {
  const mock = (...given) => (mock.mock.calls.push(given), body(...given));
  mock.mock = { calls: [] };
  mock._isMockFunction = true;
  mock.getMockName = () => "mock";
  return mock;
};
module.exports = {
  describe,
  it,
  test,
  beforeAll,
  beforeEach,
  afterAll,
  afterEach,
  expect,
  expectTypeOf,
  assertType: () => undefined,
  vi: { fn },
};
