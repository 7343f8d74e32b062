import { spawn } from "node:child_process";
import { devNull } from "node:os";
import { basename, join } from "node:path";
import { Fault } from "../fault.ts";
import { type ConfigAnswer, isConfigAnswer } from "./config-answer.ts";
import type { CheckedConfig } from "./config-schema.ts";
import { SourceFault } from "./source-fault.ts";

/**
 * Runs and checks a config file.
 * @throws Fault MAYFLY_CONFIG_LOAD when it can't be run, MAYFLY_CONFIG when it says something wrong
 */
export async function loadConfig(file: string): Promise<Omit<CheckedConfig, "problems">> {
  const { problems, ...config } = await checkedConfig(file);
  if (problems.length > 0) {
    const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
    throw new Fault("MAYFLY_CONFIG", `${file} has ${count}:\n${problems.map((one) => `  ${one}`).join("\n")}`, {
      hint: "The keys are described in docs/build.md; defineConfig makes your editor check them.",
    });
  }
  return config;
}

async function checkedConfig(file: string): Promise<CheckedConfig> {
  const answer = await runConfig(file);
  switch (answer.kind) {
    case "config":
      return answer.config;
    case "source": {
      const placed = answer.problems.map((problem) => ({ ...problem, file: problem.file ?? file }));
      throw new SourceFault("MAYFLY_CONFIG_LOAD", `${file} can't be read.`, placed);
    }
    case "fault":
      throw new Fault("MAYFLY_CONFIG_LOAD", answer.message, { hint: answer.hint });
  }
}

const PROGRAM = join(import.meta.dirname, "run-config.ts");
/** As bin/mayfly.js starts this process; it ends with this one, whatever it is busy with and however this one ends. */
const FLAGS = [`--config=${devNull}`, "--no-env-file", "--no-install", "--no-orphans"];
const PATIENCE_MS = 5000;

/**
 * A config is a program that may loop, end its process or print: it has one of its own, which signals can end while it
 * runs, and what it prints goes to stderr.
 */
async function runConfig(file: string): Promise<ConfigAnswer> {
  const child = spawn(process.execPath, [...FLAGS, PROGRAM, file], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const stop = (): void => void child.kill("SIGKILL");
  process.once("exit", stop);
  const waiting = setTimeout(() => {
    process.stderr.write(`Waiting for ${basename(file)}, which runs on or awaits something; Ctrl-C ends it.\n`);
  }, PATIENCE_MS);
  for (const output of [child.stdout, child.stderr]) {
    output?.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  }
  let said = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    const end = await new Promise<string>((settle, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => settle(signal ?? `exit code ${code}`));
    });
    const answer: unknown = said.endsWith("\n") ? JSON.parse(said) : undefined;
    return isConfigAnswer(answer) ? answer : endedEarly(file, end);
  } finally {
    clearTimeout(waiting);
    process.off("exit", stop);
  }
}

function endedEarly(file: string, end: string): ConfigAnswer {
  return {
    kind: "fault",
    message: `${file} ended its process (${end}) before it had told its default export.`,
    hint: "A config must not call process.exit: it exports what is to be built, and throws where it can't.",
  };
}
