import { expect, test } from "vitest";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";
import { classes, contentTypes } from "./typescript/src/web-types.ts";

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
