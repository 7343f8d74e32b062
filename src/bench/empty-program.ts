import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Compiles a program that does nothing, on the engine that runs this code: what it takes is the floor of any start. */
export async function compileEmptyProgram(folder: string): Promise<string> {
  const source = join(folder, "empty.ts");
  const outfile = join(folder, "empty");
  writeFileSync(source, "export {};\n");
  await Bun.build({
    entrypoints: [source],
    target: "bun",
    format: "esm",
    bytecode: true,
    minify: true,
    compile: {
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  return outfile;
}

/** From start to end, in milliseconds. */
export async function timeToEnd(program: string): Promise<number> {
  const started = performance.now();
  const child = spawn(program, { stdio: "ignore", env: {} });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => resolve(performance.now() - started));
  });
}
