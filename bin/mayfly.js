#!/usr/bin/env node
// Starts the command line under the engine that Mayfly also builds with. Plain JavaScript for any
// Node >= 20: it must run before anything is compiled.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, devNull, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PLATFORMS = {
  "darwin-arm64": "@oven/bun-darwin-aarch64",
  "darwin-x64": "@oven/bun-darwin-x64",
  "linux-arm64": "@oven/bun-linux-aarch64",
  "linux-x64": "@oven/bun-linux-x64",
};

const NO_MEMORY =
  "Mostly the system does that when memory runs out (dmesg tells): give the machine or the container 1 GB or more.";
const CRASHES = ["SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGTRAP"];

const platform = `${process.platform}-${process.arch}`;
const engine = findEngine(PLATFORMS[platform]);
const main = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "cli", "main.ts");

// The user's bunfig.toml, .env and BUN_* settings are for their program, not for this one.
const environment = { ...process.env, MAYFLY_NODE: process.execPath };
delete environment.BUN_OPTIONS;
// The last of its compilers costs more than a build gains by it: 2.1 s of processor time instead of 2.8 with Express.
environment.BUN_JSC_useFTLJIT = "0";
// It writes its calls into the bytecode: a function whose last step is `return other()` would be in no stack trace.
environment.BUN_JSC_useTailCalls = "0";
const flags = [`--config=${devNull}`, "--no-env-file", "--no-install"];

// The channel carries nothing: its closing tells the child that this process is gone, however it ended.
const stdio = ["inherit", "inherit", "inherit", "ipc"];
const child = spawn(engine, [...flags, main, ...process.argv.slice(2)], { stdio, env: environment });

// The child decides when to end, and this process follows. A terminal sends Ctrl-C to both already.
const fromTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
process.on("SIGINT", () => fromTerminal || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));

// How much it had is told when it is killed, mostly for want of memory; by then nobody can ask.
let memory = "";
setInterval(() => {
  try {
    memory = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? memory;
  } catch {
    // Not Linux, or it has ended.
  }
}, 250).unref();

child.on("error", (error) => {
  // The file is there: what is missing is the loader that it names.
  const hint = error.code === "ENOENT" ? " It needs glibc: on Alpine Linux, use a Debian-based image." : "";
  fail("MAYFLY_ENGINE_MISSING", `The engine ${engine} can't be started: ${error.message}.${hint}`);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  if (signal === "SIGILL") fail("MAYFLY_ENGINE_CRASH", "The engine needs a processor with AVX2 (2013 and later).");
  if (CRASHES.includes(signal))
    fail("MAYFLY_ENGINE_CRASH", `The engine crashed (${signal})${memoryWords()}. Please report it.`);
  if (signal === "SIGKILL")
    fail("MAYFLY_ENGINE_KILLED", `The engine was killed (${signal})${memoryWords()}.`, NO_MEMORY);
  // A shell reads "ended by a signal" from 128 + its number.
  process.exit(128 + (constants.signals[signal] ?? 0));
});

function findEngine(name) {
  if (name === undefined) {
    fail(
      "MAYFLY_ENGINE_MISSING",
      `Mayfly runs on Linux and macOS, x64 and arm64; this is ${platform}. On Windows, use WSL.`,
    );
  }
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const path = join(dirname(manifest), "bin", "bun");
    if (existsSync(path)) return path;
  } catch {
    // Not installed: said below, with what to do.
  }
  return fail(
    "MAYFLY_ENGINE_MISSING",
    `The package ${name} is missing. It is an optional dependency of mayfly: install again without ` +
      "--omit=optional, on the machine (or in the container) that builds; Alpine Linux is not supported.",
  );
}

function memoryWords() {
  if (memory === "") return "";
  const machine = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return ` with ${Math.round(Number(memory) / 1024)} MB of memory, of ${Math.round(machine / 1024 / 1024)} MB that there are for all`;
}

function fail(code, message, hint) {
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ error: { code, message, ...(hint && { hint }) } })}\n`);
  } else process.stderr.write(`error ${code}: ${message}\n${hint ? `\n${hint}\n` : ""}`);
  process.exit(1);
}
