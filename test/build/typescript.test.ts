import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testProject, type TestProject } from "./test-project.ts";

/** Notes what `emitDecoratorMetadata` says, as `reflect-metadata` does. */
const METADATA = `
export const seen: Record<string, unknown> = {};
const nameOf = (type: any): unknown => Array.isArray(type) ? type.map(nameOf) : type?.name ?? String(type);
Object.assign(Reflect, {
  metadata: (kind: string, type: unknown) => (target: any, member = "new") => {
    seen[[target.name ?? target.constructor.name, member, kind.replace("design:", "")].join(" ")] = nameOf(type);
  },
});
export const D = (): any => () => {};
`;

let project: TestProject;
beforeAll(async () => {
  project = testProject({
    "package.json": "{}",
    "tsconfig.json": `{ "compilerOptions": { "target": "ES2022", "experimentalDecorators": true, "emitDecoratorMetadata": true } }`,
    "src/metadata.ts": METADATA,
    "src/user.ts": `import { D } from "./metadata";\nimport { Post } from "./post";\nexport class User { @D() post: Post; constructor(@D() last: Post) {} }\n`,
    "src/post.ts": `import { D } from "./metadata";\nimport { User } from "./user";\nexport class Post { static owner = User; @D() user: User; @D() by(user: User): User { return user; } }\n`,
    "src/cycle.ts": `
      import { seen } from "./metadata";
      import { User } from "./user";
      import { Post } from "./post";
      export const handle = () => ({ ...seen, names: [User.name, Post.name], early: Post.owner ?? "nothing yet" });
    `,
    "src/kinds.ts": `
      export enum Level { Low, High }
      export enum Color { Red = "red" }
      export enum Mixed { One = 1, Two = "two" }
      export const enum Fixed { A = 1 }
      export const State = { on: "on", off: "off" } as const;
      export type State = (typeof State)[keyof typeof State];
      export type Status = "open" | "closed";
      export type Id = Status | string;
      export type Done = () => void;
      export type List = readonly string[];
      export type Shape = { a: 1 };
      export interface Named { name: string }
      export default interface Main { id: string }
      export class Real {}
    `,
    "src/passed-on.ts": `
      import Main, { Named as Other, Real as Found } from "./kinds";
      export { Status, Named, Real, Level } from "./kinds";
      export { Main, Other, Found };
    `,
    "src/metadata-of.ts": `
      import { D, seen } from "./metadata";
      import { Level, Color, Mixed, Fixed, State, Status, Id, Done, List, Shape, Named, Real } from "./kinds";
      import * as passed from "./passed-on";
      type Local = 1 | 2;
      class Row {
        @D() level: Level; @D() color: Color; @D() mixed: Mixed; @D() fixed: Fixed; @D() state: State; @D() status: Status;
        @D() id: Id; @D() done: Done; @D() list: List; @D() shape: Shape; @D() named: Named; @D() real: Real; @D() local: Local;
      }
      export const handle = () => ({
        ...Object.fromEntries(Object.entries(seen).map(([key, type]) => [key.split(" ")[1], type])),
        row: Object.keys(new Row()).length,
        passed: Object.keys(passed).sort(),
        name: Level[1],
      });
    `,
    // Keeps imports of types, whose names its own compiler drops all the same.
    "kept/tsconfig.json": `{ "compilerOptions": { "target": "ES2022", "importsNotUsedAsValues": "error" } }`,
    "kept/node_modules/dom/package.json": `{ "name": "dom", "type": "module", "exports": "./index.js", "types": "index.d.ts" }`,
    "kept/node_modules/dom/index.js": "export const Element = class Element {};",
    "kept/node_modules/dom/index.d.ts": `export * from "./nodes.js";`,
    "kept/node_modules/dom/nodes.d.ts": "export type AnyNode = object; export class Element {}",
    "kept/types.ts": `export type { AnyNode as Api } from "dom";\nexport { AnyNode as Again, Element } from "dom";\n`,
    "kept/imports.ts": `
      import { AnyNode, Element } from "dom";
      import { Api, Again, Element as Same } from "./types";
      export const handle = (node: AnyNode): [string, boolean] => {
        const [api, again]: [Api, Again] = [node, node];
        return [Element.name, api === again && Same === Element];
      };
    `,
    "src/types-only.ts": `
      import type { Named } from "./kinds";
      import { Status } from "./kinds";
      import other = require("./required");
      export interface Given { a: number }
      const handle = async (status: Status): Promise<unknown> => [{ a: 1 } as Given, other.made, status && (0 as unknown as Named) && status].slice(0, 2);
      module.exports = { handle };
    `,
    "src/required.ts": `import type { Named } from "./kinds";\nexports.made = { a: 2 } as unknown as Named;\n`,
    "src/rest.ts": `
      import { D, seen } from "./metadata";
      import Unnamed from "./unnamed";
      class Service {}
      const replace = (type: any): any => Object.defineProperty(class extends type {}, "name", { value: type.name });
      @replace class Replaced { static same = (other: unknown) => other === Replaced; }
      class Row { @D() run(first: string, ...rest: number[]) {} @D() list(...all: ReadonlyArray<Service>) {} }
      export const handle = () => ({
        ...Object.fromEntries(Object.entries(seen).filter(([key]) => key.startsWith("Row ")).filter(([key]) => key.endsWith("paramtypes")).map(([key, type]) => [key.slice(4), type])),
        replaced: [Replaced.name, new Replaced() instanceof Replaced, (Replaced as any).same(Replaced)],
        name: Unnamed.name,
        row: Row.name === "Row" ? undefined : Row.name,
      });
    `,
    "src/unnamed.ts": `import { D } from "./metadata";\nexport default @D() class extends Array<string> { a = 1; }\n`,
    "src/namespaces.ts": `
      namespace Counter {
        export let count = 0;
        export const step = 2;
        export function next(): number { count += step; return count; }
      }
      namespace Counter {
        export const twice = step * 2;
        export const shadowed = ((step: number) => step)(7);
        export const short = { step };
        export namespace Inner { export const seen = () => [count, step]; }
      }
      export const handle = () => {
        Counter.next();
        const first = Counter.count;
        Counter.count = 10;
        return [first, Counter.next(), Counter.twice, Counter.shadowed, Counter.short, Counter.Inner.seen()];
      };
    `,
  });
  const entries = [
    "src/types-only.ts",
    "src/rest.ts",
    "src/cycle.ts",
    "src/metadata-of.ts",
    "src/namespaces.ts",
    "kept/imports.ts",
  ];
  const { code, stderr } = await project.mayfly(["build", ...entries, "--zip", "--host"]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => project[Symbol.dispose]());

async function invoke(handler: string): Promise<unknown> {
  const { stdout, stderr } = await project.mayfly(["invoke", "--zip", "lambda.zip", "--handler", handler, "-d", "{}"]);
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout);
}

describe("as TypeScript's own compiler has it,", () => {
  test("classes that refer to each other in CommonJS may be read before they are there", async () => {
    expect(await invoke("cycle.handle")).toEqual({
      names: ["User", "Post"],
      early: "nothing yet",
      "User post type": "Post",
      "User new paramtypes": ["Post"],
      "Post user type": "Object",
      "Post by type": "Function",
      "Post by paramtypes": ["Object"],
      "Post by returntype": "Object",
    });
  });

  test("metadata says what aliases and enums are, and types are passed on without a value", async () => {
    expect(await invoke("metadata-of.handle")).toEqual({
      level: "Number",
      name: "High",
      color: "String",
      mixed: "Object",
      fixed: "Number",
      state: "String",
      status: "String",
      id: "String",
      done: "Function",
      list: "Array",
      shape: "Object",
      named: "Object",
      real: "Real",
      local: "Number",
      row: 13,
      passed: ["Found", "Level", "Real"],
    });
  });

  test("what only imports types and writes module.exports is CommonJS", async () => {
    expect(await invoke("types-only.handle")).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test("metadata has the type of one of a rest parameter, and a decorated class without a name has one", async () => {
    expect(await invoke("rest.handle")).toEqual({
      "run paramtypes": ["String", "Number"],
      "list paramtypes": ["Service"],
      replaced: ["Replaced", true, true],
      name: "default_1",
    });
  });

  test("a name that is only a type in a package's declarations is none of its code", async () => {
    expect(await invoke("imports.handle")).toEqual(["Element", true]);
  });

  test("a namespace's names are its members, in all of its parts", async () => {
    expect(await invoke("namespaces.handle")).toEqual([2, 12, 4, 7, { step: 2 }, [12, 2]]);
  });
});
