import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";

test.each([
  ["127.0.0.1:9001", { host: "127.0.0.1", port: 9001, authority: "127.0.0.1:9001", prefix: "" }],
  ["localhost:80/", { host: "localhost", port: 80, authority: "localhost:80", prefix: "" }],
  ["api:8080/a/function", { host: "api", port: 8080, authority: "api:8080", prefix: "/a/function" }],
  ["[::1]:9001/a/", { host: "::1", port: 9001, authority: "[::1]:9001", prefix: "/a" }],
])("the address %s is read", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});

test.each([
  "",
  "9001",
  "localhost",
  ":9001",
  "[]:1",
  "::1:9001",
  "host:",
  "host:1e3",
  "host:65536",
  "a b:1",
  "http://a:1",
  "a:1/?b",
])("%j is no address", (text) => {
  expect(() => parseAddress(text)).toThrow(`AWS_LAMBDA_RUNTIME_API is not host:port: "${text}"`);
});
