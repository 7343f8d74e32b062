import { expect, test } from "vitest";
import { describeWith, lambdaNode, type Part } from "../parts.ts";
import { build, INSTALLED, outcomesAsBuilt, outcomesInNode, projects } from "./project.ts";

const all = projects();
const installed: Part =
  all.length > 0
    ? { kind: "present", path: "" }
    : { kind: "missing", reason: `${INSTALLED} is not there: run test/outside/install.sh` };

describeWith({ lambdaNode, installed }, "projects as they are on npm", (paths) => {
  test.concurrent.each(all.map((one) => [one.name, one] as const))(
    "answer as under Node.js: %s",
    async (_, project) => {
      const { code, says } = await build(project);
      if (project.refused !== undefined) {
        expect({ code, says }).toEqual({ code: 1, says: expect.stringContaining(project.refused) });
        return;
      }
      expect({ code, says }).toMatchObject({ code: 0 });
      const there = await outcomesInNode(project, paths.lambdaNode);
      // A project that fails under Node.js too shows nothing.
      expect(there[0]).toHaveProperty("value");
      expect(await outcomesAsBuilt(project)).toEqual(there);
    },
  );
});
