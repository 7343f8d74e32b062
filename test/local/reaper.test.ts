import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { engine } from "./support/engine.ts";
import { nodePackage, temporaryFolder } from "./support/fake-runtime.ts";
import { isRunning } from "./support/running.ts";

test("when we are killed without a word, processes and files go all the same", async () => {
  const script = `
    import { LocalLambda } from ${JSON.stringify(join(import.meta.dirname, "../../src/local/local-lambda.ts"))};
    const lambda = await LocalLambda.start({ functions: { hello: { package: ${JSON.stringify(
      nodePackage(`loop(() => ({ pid: process.pid, root: process.cwd() }))`),
    )} } } });
    const { payload } = await lambda.invoke("hello", Buffer.from("{}"));
    console.log(payload.toString());
    process.kill(process.pid, "SIGKILL");
  `;
  const file = join(temporaryFolder(), "owner.mts");
  writeFileSync(file, script);
  const owner = spawn(engine, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const { pid, root } = JSON.parse(await text(owner.stdout)) as { pid: number; root: string };
  await eventually(() => expect([isRunning(pid), existsSync(root)]).toEqual([false, false]));
});
