import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { sharedBuild } from "../support/shared.ts";
import { describeWith, lambdaNode, webPlatformTests } from "./parts.ts";
import { runInBootstrap, runInNode } from "./web-platform/run-both.ts";
import type { TestFile } from "./web-platform/src/run-file.ts";

const here = join(import.meta.dirname, "web-platform");

/** Why tests that pass under Node.js fail here: `file: name`, whose end may be a `*`. */
const accepted: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(here, "accepted.json"), "utf8"),
);

/** What Debian's source of Node.js holds, and needs neither a server nor a window. */
const FOLDERS = [
  "url",
  "encoding",
  "encoding/streams",
  "streams",
  "streams/piping",
  "streams/readable-byte-streams",
  "streams/readable-streams",
  "streams/transform-streams",
  "streams/writable-streams",
  "dom/abort",
  "dom/events",
  "FileAPI/blob",
  "FileAPI/file",
  "html/webappapis/atob",
  "html/webappapis/structured-clone",
  "webidl/ecmascript-binding/es-exceptions",
];

/** These are in no registry: they run where `MAYFLY_WPT` names a checkout of web-platform-tests. */
const FETCH_FOLDERS = [
  "fetch/api/abort",
  "fetch/api/body",
  "fetch/api/headers",
  "fetch/api/request",
  "fetch/api/response",
  "fetch/data-urls",
  "mimesniff/mime-types",
  "xhr/formdata",
];
const checkout = process.env["MAYFLY_WPT"];

/** They ask a server for each of the ports that fetch must not. */
const LEFT_OUT = /bad-port|idlharness/;

describeWith({ webPlatformTests, lambdaNode }, "web-platform-tests", (paths) => {
  let bootstrap: string;
  beforeAll(async () => {
    bootstrap = join(await sharedBuild({ cwd: here, entries: ["src/run-file.ts"] }), "bootstrap");
  });

  const folders = FOLDERS.map((folder) => [folder, paths.webPlatformTests] as const);
  const ofFetch = checkout === undefined ? [] : FETCH_FOLDERS.map((folder) => [folder, checkout] as const);

  test.each([...folders, ...ofFetch])(
    "of %s pass that pass in Node.js, but for the accepted ones",
    async (folder, root) => {
      const differing: string[] = [];
      const count = { passInNode: 0, passHere: 0 };
      for (const file of filesOf(root, folder)) {
        const [inNode, inBootstrap] = [await runInNode(paths.lambdaNode, file), await runInBootstrap(bootstrap, file)];
        const pass = new Set(inBootstrap.passed);
        count.passInNode += inNode.passed.length;
        count.passHere += inBootstrap.passed.length;
        for (const name of inNode.passed) {
          const known = `${file.file}: ${name}`;
          if (!pass.has(name) && !isAccepted(known))
            differing.push(`${known}: ${inBootstrap.failed[name] ?? inBootstrap.status}`);
        }
      }
      console.log(folder, count);
      expect(count.passInNode).toBeGreaterThan(0);
      expect(differing).toEqual([]);
    },
  );
});

function filesOf(root: string, folder: string): TestFile[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".any.js") && !LEFT_OUT.test(name));
  return names.flatMap((name) => {
    const file = `${folder}/${name}`;
    const variants = readFileSync(join(root, file), "utf8").matchAll(/^\/\/ META: variant=(.*)$/gm);
    const queries = Array.from(variants, ([, query = ""]) => query.trim());
    return (queries.length === 0 ? [""] : queries).map((variant) => ({ root, file, variant }));
  });
}

function isAccepted(test: string): boolean {
  return Object.values(accepted).some((known) =>
    known.some((one) => (one.endsWith("*") ? test.startsWith(one.slice(0, -1)) : test === one)),
  );
}
