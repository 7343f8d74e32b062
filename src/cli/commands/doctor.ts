import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { compileOptions } from "../../build/compile-options.ts";
import { examine } from "../../doctor/doctor.ts";
import { Fault } from "../../fault.ts";
import { resolveProject } from "../../project/resolve.ts";
import { messageOf } from "../../support/system-error.ts";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";
import { toList } from "../option-values.ts";
import { formatDoctor } from "../report-doctor.ts";
import { paintFor, showProgress } from "../terminal.ts";

interface DoctorFlags {
  readonly sourcemap: boolean;
  readonly external?: readonly string[];
  readonly config?: string;
  readonly html?: string;
  readonly json?: true;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("say what is in the package, why, and what would make it smaller")
    .description(
      "Build the project aside and say what is in the package: each npm package in the program with its size and who " +
        "brought it in, the files beside it with the rule that put them there, what is left out, and what would save most.",
    )
    .argument("[entry...]", "handler files, or the folder of a project")
    .option("--no-sourcemap", "as the build would leave source maps out")
    .option("--external <package>", "as the build would leave a package out; repeat for more", toList)
    .option("--config <file>", "config file (default: mayfly.config.ts in the project)")
    .addOption(new Option("--html <file>", "draw all code as tiles, in a page that opens without a network"))
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", "\nExamples:\n  mayfly doctor\n  mayfly doctor --html bundle.html")
    .action(async (entries: string[], flags: DoctorFlags) => {
      const progress = showProgress(process.stderr, flags.json === true);
      const config = flags.config === undefined ? {} : { config: flags.config };
      const { sourcemap, external = [] } = flags;
      try {
        const project = await resolveProject({ cwd: process.cwd(), entries, ...config });
        const report = await withTemporaryFolder((folder) =>
          examine(project, { compile: compileOptions({ sourcemap, external }), folder, progress: progress.step }),
        );
        progress.done();
        if (flags.html !== undefined) {
          // With a library of its own, which nobody else pays for.
          const { treemapPage } = await import("../../doctor/page.ts");
          writePage(resolve(process.cwd(), flags.html), treemapPage(report));
        }
        const paint = paintFor(process.stdout, process.env);
        process.stdout.write(flags.json === true ? `${JSON.stringify(report)}\n` : formatDoctor(report, paint));
      } finally {
        progress.done();
      }
    });
}

/** @throws Fault MAYFLY_DOCTOR_HTML */
function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page);
  } catch (cause) {
    throw new Fault("MAYFLY_DOCTOR_HTML", `The page can't be written to ${path}: ${messageOf(cause)}`, {
      hint: "Choose another file: mayfly doctor --html bundle.html",
      cause,
    });
  }
}
