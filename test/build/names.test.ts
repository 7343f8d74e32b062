import { join } from "node:path";
import { expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { testProject, type TestProject } from "./test-project.ts";

/** Packages that the engine has something of its own for, or once had. */
const PACKAGES = [
  "undici",
  "ws",
  "node-fetch",
  "abort-controller",
  "isomorphic-fetch",
  "cross-fetch",
  "form-data",
  "@vercel/fetch",
  "detect-libc",
];

function answer(project: TestProject, handler: string, event: unknown = {}): Promise<unknown> {
  return invokePackage(join(project.folder, "package"), handler, event);
}

test("an installed package is what is meant by its name, whatever the engine has under it", async () => {
  const installed: Record<string, string> = {};
  for (const name of PACKAGES) {
    installed[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: "1.0.0", main: "index.js" });
    installed[`node_modules/${name}/index.js`] = `exports.own = ${JSON.stringify(name)};\n`;
  }
  const own = (text: string): string => PACKAGES.map((name) => `${text}("${name}")`).join(", ");
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    ...installed,
    "src/required.cjs": `module.exports = [${own("require")}].map(({ own }) => own);\n`,
    "src/packages.mjs": `
      import { createRequire } from "node:module";
      ${PACKAGES.map((name, index) => `import { own as own${index} } from "${name}";`).join("\n")}
      import required from "./required.cjs";
      const made = createRequire(import.meta.url);
      export const handle = async ({ name }) => ({
        imported: [${PACKAGES.map((_, index) => `own${index}`).join(", ")}],
        required,
        made: [${own("made")}].map(({ own }) => own),
        later: await Promise.all([${own("import")}].map(async (one) => (await one).own)),
        place: import.meta.resolve("ws").replace(/.*node_modules/, ""),
        missing: await import(name).catch(({ code }) => code),
      });
    `,
  });
  const built = await project.mayfly(["build", "src/packages.mjs", "--host", "-o", "package"]);
  expect(built).toMatchObject({ code: 0 });
  expect(await answer(project, "packages.handle", { name: "undici" })).toEqual({
    imported: PACKAGES,
    required: PACKAGES,
    made: PACKAGES,
    later: PACKAGES,
    place: "/ws/index.js",
    missing: "ERR_MODULE_NOT_FOUND",
  });
});

test("one that isn't installed is missed as any other", async () => {
  using project = testProject({ "src/a.mjs": `import { fetch } from "undici";\nexport const handle = () => fetch;\n` });
  const { code, stderr } = await project.mayfly(["build", "src/a.mjs", "--host", "-o", "package"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`Cannot find the package "undici"`) });
});

test("what is called like a global keeps its name beside code that uses the global", async () => {
  const names = ["AbortSignal", "Event", "fetch", "Headers", "Request", "Blob", "Response", "URL"];
  const declared = `
    class AbortSignal {} class Event extends AbortSignal {} function fetch() {} const Headers = () => 1;
    let Request; Request = class {}; var Blob = function () {}; class Response {} class URL {}
  `;
  using project = testProject({
    "src/own.cjs": `${declared}\nexports.names = [${names.join(", ")}].map(({ name }) => name);\n`,
    "src/a.mjs": `
      import { names } from "./own.cjs";
      const inside = () => { ${declared} return [${names.join(", ")}].map(({ name }) => name); };
      export const handle = async () => {
        const { status, headers } = await fetch("data:,x");
        const made = { Headers, Request: new Request("http://a/"), signal: AbortSignal.abort() };
        return [names, inside(), status, headers instanceof made.Headers, made.Request.url, made.signal.aborted,
          new URL("b", "http://a/").href, await new Response(new Blob(["c"])).text(), typeof Event];
      };
    `,
  });
  expect(await project.mayfly(["build", "src/a.mjs", "--host", "-o", "package"])).toMatchObject({ code: 0 });
  expect(await answer(project, "a.handle")).toEqual([
    names,
    names,
    200,
    true,
    "http://a/",
    true,
    "http://a/b",
    "c",
    "function",
  ]);
});

test("and so does what is called like something that only another place has", async () => {
  using project = testProject({
    "src/dom.cjs": `class HTMLElement {} class Shape {} exports.made = [HTMLElement, Shape].map(({ name }) => name);\n`,
    "src/a.ts": `
      import { made } from "./dom.cjs";
      namespace Space { export class Shape {} }
      declare const HTMLElement: unknown;
      const missing = (ask: () => unknown) => { try { return ask(); } catch (error) { return String(error); } };
      // @ts-ignore -- nobody declares it
      const ask = () => missing(() => new Shape());
      export const handle = () => {
        const before = ask();
        Object.assign(globalThis, { Shape: class { now = "there"; } });
        return [made, Space.Shape.name, typeof HTMLElement, missing(() => HTMLElement), before, ask()];
      };
    `,
  });
  expect(await project.mayfly(["build", "src/a.ts", "--host", "-o", "package"])).toMatchObject({ code: 0 });
  expect(await answer(project, "a.handle")).toEqual([
    ["HTMLElement", "Shape"],
    "Shape",
    "undefined",
    "ReferenceError: HTMLElement is not defined",
    "ReferenceError: Shape is not defined",
    { now: "there" },
  ]);
});

test("and what a function declares keeps the name that its module imports for something else", async () => {
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    "src/shared.mjs": `export class Shape { which = "shared"; }\nexport function make() { return new Shape(); }\nexport default class Main {}\n`,
    "src/other.mjs": `import { Shape } from "./shared.mjs";\nexport const handle = () => Shape.name;\n`,
    "src/a.mts": `
      import Main, { Shape, make } from "./shared.mjs";
      namespace Space { export class Shape { which = "own"; } }
      const inside = () => { class Shape {} function make() {} class Main {} return [Shape, make, Main].map(({ name }) => name); };
      const short = { Shape, make };
      export { Shape, make as made };
      export const handle = () => [Shape.name, Main.name, make().which, new short.Shape().which, new Space.Shape().which, Space.Shape.name, inside()];
    `,
  });
  expect(await project.mayfly(["build", "src/a.mts", "src/other.mjs", "--host", "-o", "package"])).toMatchObject({
    code: 0,
  });
  expect(await answer(project, "a.handle")).toEqual([
    "Shape",
    "Main",
    "shared",
    "shared",
    "own",
    "Shape",
    ["Shape", "make", "Main"],
  ]);
  expect(await answer(project, "other.handle")).toBe("Shape");
});
