import { expect, test } from "vitest";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";
import {
  addresses,
  blobs,
  classes,
  contentTypes,
  exceptions,
  forms,
  listed,
  methods,
} from "./typescript/src/web-types.ts";

let api: ScriptedRuntimeApi;
const launch = contractRuntimesOfEachTest((given) => {
  api = given;
});

test("a body has the content type that it has in Node.js, however it is given", async () => {
  launch({ handler: "web-types.contentTypes" });
  const inNode = await contentTypes();
  expect(inNode).toHaveProperty("text.response", "text/plain;charset=UTF-8");
  expect((await api.invoke({})).json()).toEqual(inNode);
});

test("Response, Request, Blob and File are what they are in Node.js to those who look", async () => {
  launch({ handler: "web-types.classes" });
  expect((await api.invoke({})).json()).toEqual(await classes());
});

test.each([
  ["a Blob has the type that was said, and a File is one of its own kind", "blobs", blobs],
  ["a form holds Files with the names and types that were said", "forms", forms],
  ["fetch reads data: and refuses what is no address", "addresses", addresses],
  ["a request says its method, whatever it is", "methods", methods],
  ["an exception that code makes has a stack", "exceptions", exceptions],
  ["headers are listed by name, cookies among them, and shown", "listed", listed],
])("%s, as in Node.js", async (_name, handler, inNode) => {
  launch({ handler: `web-types.${handler}` });
  expect((await api.invoke({})).json()).toEqual(await inNode());
});
