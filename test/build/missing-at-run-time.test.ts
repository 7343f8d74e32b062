import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readField } from "../../src/support/read-field.ts";
import { testProject } from "./test-project.ts";

const HANDLER = `import * as lib from "lib";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
const ways = {
  absent: () => lib.absent(),
  computed: () => lib.computed("mysql"),
  external: () => import("sharp"),
  required: () => lib.required(),
  module: (name = "en") => import(\`./locales/\${name}.json\`),
  later: async (name = "other") => {
    const text = await readFile(join(import.meta.dirname, name + ".html"));
    return text.length;
  },
  file: (name = "page") => readFileSync(join(import.meta.dirname, name + ".html")),
};
export async function handle(event) {
  const found = await ways[event.way]();
  return found;
}
export default { fetch: async () => lib.absent() };
`;
const LIB = `exports.absent = () => {
  require("pg").connect();
};
exports.computed = (name) => require(name);
exports.required = () => {
  const { of } = require("sharp");
  return of;
};
`;

test("what isn't in the package is told with who asks for it, whether it was installed, and what to do", async () => {
  using project = testProject({
    "package.json": JSON.stringify({ dependencies: { lib: "1", mysql: "1" } }),
    "src/a.js": HANDLER,
    "node_modules/lib/index.js": LIB,
    "node_modules/mysql/package.json": JSON.stringify({ name: "mysql" }),
  });
  expect(await project.mayfly(["build", "--external", "sharp", "--host"])).toMatchObject({ code: 0 });
  const told = async (way: string): Promise<{ message: string; stack: string }> => {
    const args = ["invoke", "--zip", ".", "--handler", "a.handle", "--data", JSON.stringify({ way })];
    const answer: unknown = JSON.parse((await project.mayfly(args)).stdout);
    return { message: String(readField(answer, "errorMessage")), stack: String(readField(answer, "stackTrace")) };
  };

  const absent = await told("absent");
  expect(absent.message).toMatch(/^Cannot find module 'pg'\nRequire stack:\n- .*\/node_modules\/lib\/index\.js\n/);
  expect(absent.message).toContain(
    '"pg" was not installed for the build, or not built itself. node_modules/lib/index.js asks for it.',
  );
  expect(absent.message).toContain("npm install pg");
  expect(absent.stack).toContain("node_modules/lib/index.js:2:");

  const http = readFileSync(join(import.meta.dirname, "../http/events/function-url.json"), "utf8");
  const app = await project.mayfly(["invoke", "--zip", ".", "--handler", "a.default", "--data", http]);
  expect(app.stdout).toContain('"statusCode":500');
  expect(app.stderr).toContain(
    '"pg" was not installed for the build, or not built itself. node_modules/lib/index.js asks for it.',
  );

  const computed = await told("computed");
  expect(computed.message).toContain('"mysql" was installed for the build, which didn\'t see that it is needed');
  expect(computed.message).not.toContain("npm install");

  const external = await told("external");
  expect(external.message).toContain("The build left it out, with --external sharp. src/a.js asks for it.");

  const required = await told("required");
  expect(required.message).toMatch(/^Cannot find module 'sharp'\nRequire stack:\n- .*\/node_modules\/lib\/index\.js\n/);
  expect(required.message).toContain(
    "The build left it out, with --external sharp. node_modules/lib/index.js asks for it.",
  );
  expect(required.stack).toContain("node_modules/lib/index.js:6:");

  for (const [way, file] of [
    ["module", "src/locales/en.json"],
    ["file", "src/page.html"],
    ["later", "src/other.html"],
  ] as const) {
    const { message, stack } = await told(way);
    expect(message).toContain(`name it in mayfly.config.ts: include: ["${file}"]`);
    expect(stack).toContain("src/a.js:");
  }
});
