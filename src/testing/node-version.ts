import { Fault } from "../fault.ts";

const OLDEST = [20, 19] as const;

/**
 * Said before anything is missed that older versions lack.
 * @throws Fault MAYFLY_NODE_VERSION
 */
export function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Fault(
    "MAYFLY_NODE_VERSION",
    `mayfly/testing needs Node.js ${OLDEST.join(".")} or newer; this is ${version}.`,
    {
      hint: "Run the tests with a newer Node.js, or with bun test.",
    },
  );
}
