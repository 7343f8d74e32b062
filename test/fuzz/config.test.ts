import fc from "fast-check";
import { expect, test } from "vitest";
import { checkConfig } from "../../src/project/config-schema.ts";
import { runs } from "../support/fuzz.ts";

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
});
const textLike = fc.oneof(
  fc.constantFrom("src/a.ts", "a.handle", "Elixir.A.b", "", "../a", "arm64", "x86_64"),
  fc.string(),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: anything });

const include = fc.array(maybe(fc.oneof(textLike, fc.record({ from: maybe(textLike), to: maybe(textLike) }))), {
  maxLength: 3,
});
const web = fc.record(
  {
    command: maybe(fc.array(maybe(textLike), { maxLength: 3 })),
    port: maybe(fc.integer({ min: -1, max: 70_000 })),
    readyPath: maybe(textLike),
  },
  { requiredKeys: [] },
);
const functionLike = fc.record(
  {
    entry: maybe(textLike),
    handler: maybe(textLike),
    memory: maybe(fc.oneof(fc.integer(), fc.double())),
    timeout: maybe(fc.oneof(fc.integer({ min: -10, max: 1000 }), fc.double())),
    arch: maybe(textLike),
    environment: maybe(
      fc.dictionary(fc.oneof(textLike, fc.constantFrom("AWS_REGION", "_X", "__proto__")), maybe(textLike)),
    ),
    url: maybe(fc.oneof(fc.boolean(), fc.record({ stream: maybe(fc.boolean()) }))),
    web: maybe(web),
    include: maybe(include),
    memroy: anything,
  },
  { requiredKeys: [] },
);
const config = fc.record(
  {
    functions: maybe(
      fc.dictionary(fc.oneof(fc.constantFrom("api", "web", "__proto__", "a b", ""), fc.string()), maybe(functionLike)),
    ),
    web: maybe(web),
    include: maybe(include),
    function: anything,
  },
  { requiredKeys: [] },
);

test(`every config is checked to its end, and each problem says where it is (${runs(1000)})`, () => {
  const seen = { sound: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: config }, { weight: 1, arbitrary: anything }), (value) => {
      const { problems, functions } = checkConfig(value);
      seen[problems.length === 0 ? "sound" : "refused"] += 1;
      for (const problem of problems) {
        expect(problem).toMatch(/^(?:(?:[\w$.\-[\]]|"(?:[^"\\]|\\.)*")+: |the default export )/);
        expect(problem).not.toMatch(/^undefined|\[object |\p{Cc}/u);
      }
      if (problems.length > 0) return;
      for (const { memory, timeout, arch, environment } of functions) {
        expect(memory >= 128 && memory <= 10_240 && Number.isInteger(memory)).toBe(true);
        expect(timeout >= 1 && timeout <= 900 && Number.isInteger(timeout)).toBe(true);
        expect([undefined, "x86_64", "arm64"]).toContain(arch);
        for (const text of Object.values(environment)) expect(typeof text).toBe("string");
      }
    }),
    { numRuns: runs(1000), seed: 20_260_101 },
  );
  console.log(seen);
  expect(Math.min(seen.sound, seen.refused)).toBeGreaterThan(runs(3));
});
