import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type BuildResult, buildProject } from "../../build/build.ts";
import { type CompileOptions, compileOptions } from "../../build/compile-options.ts";
import { CONTAINER_ENGINES, type ContainerEngineName } from "../../build/elixir/container-engine.ts";
import type { ContainerOptions } from "../../build/elixir/container-release.ts";
import { unpackedFolder } from "../../build/unpacked-folder.ts";
import { hostTarget, lambdaTarget } from "../../build/target.ts";
import { resolveProject } from "../../project/resolve.ts";
import type { Arch } from "../../project/types.ts";
import { recordProfile } from "../record-profile.ts";
import { toArch, toList, toVariable } from "../option-values.ts";
import { formatBuild } from "../report-build.ts";
import { paintFor, showProgress } from "../terminal.ts";

interface BuildFlags extends Partial<Omit<CompileOptions, "record">> {
  readonly zip?: true;
  readonly outdir?: string;
  readonly arch?: Arch;
  readonly host?: true;
  readonly docker?: true;
  readonly containerEngine?: ContainerEngineName;
  readonly buildArg?: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly profileHandler?: string;
  readonly config?: string;
  readonly typecheck?: true;
  readonly notices?: true;
  readonly sbom?: true;
  readonly json?: true;
}

export function buildCommand(): Command {
  return new Command("build")
    .summary("compile handlers to one bootstrap file, or to lambda.zip")
    .description(
      "Compile handlers to one bootstrap file for provided.al2023, or to lambda.zip. " +
        "Without an entry: the functions of mayfly.config.ts, or the obvious handler file.",
    )
    .argument("[entry...]", "handler files, or the folder of a project")
    .option("-z, --zip", "write lambda.zip instead of bootstrap")
    .option("-o, --outdir <dir>", "folder for the output (default: this one)")
    .addOption(
      new Option(
        "--arch <arch>",
        "architecture, for all functions: x86_64 or arm64 (default: x86_64, or the config's)",
      ).argParser(toArch),
    )
    .addOption(new Option("--host", "for this machine instead of Lambda, to be run locally").conflicts("arch"))
    .addOption(
      new Option(
        "-d, --docker",
        "make the Elixir release in a container: lambda.Dockerfile, or Mayfly's own",
      ).conflicts("host"),
    )
    .addOption(containerEngineOption())
    .addOption(
      new Option("--build-arg <NAME=VALUE>", "for an ARG of lambda.Dockerfile, with --docker; repeat for more")
        .argParser(toVariable)
        .implies({ docker: true }),
    )
    .option("--sourcemap", "stack traces show the lines of the source (default)")
    .option("--no-sourcemap", "leave source maps out: smaller")
    .option("--no-defer", "load Node.js modules where they are imported, not when they are first used")
    .option("--no-layout", "leave the pages of bootstrap as the engine has them, not in the order of a cold start")
    .option("--no-jit-delay", "compile hot code for the processor in the first invocations already")
    .option("--no-order", "leave bytecode where it is, whatever a profile says that an invocation uses")
    .addOption(
      new Option(
        "--profile <event>",
        "invoke once with this event (a file, or JSON), load what it needs in init and lay its bytecode out for that",
      ).conflicts("defer"),
    )
    .option("--profile-handler <handler>", "the handler to invoke, if there are several")
    .option("--external <package>", "leave a package out; repeat for more", toList)
    .option("--config <file>", "config file (default: mayfly.config.ts in the project)")
    .option("--notices", "write lambda.notices.txt too: the licences of all that the package contains")
    .option("--sbom", "write lambda.cdx.json too: a CycloneDX SBOM of the package")
    .option("--typecheck", "run the project's TypeScript first")
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  mayfly build --zip\n  mayfly build src/hello.ts --zip --arch arm64 --outdir dist\n  mayfly build --zip --docker",
    )
    .action(async (entries: string[], flags: BuildFlags) => {
      const cwd = process.cwd();
      // A container's whole output says more than its steps, and would be torn apart by them.
      const quiet = flags.json === true || (flags.docker === true && isVerbose());
      const progress = showProgress(process.stderr, quiet);
      const compile = compileOptions(flags);
      let result: BuildResult;
      try {
        const project = await resolveProject({
          cwd,
          entries,
          ...(flags.config !== undefined && { config: flags.config }),
        });
        const notes =
          flags.profile === undefined
            ? []
            : await recordProfile(project, {
                event: flags.profile,
                handler: flags.profileHandler,
                compile,
                progress: progress.step,
              });
        const built = await buildProject(project, {
          ...(flags.outdir === undefined
            ? { outdir: cwd, unpacked: unpackedFolder(cwd) }
            : { outdir: resolve(cwd, flags.outdir) }),
          zip: flags.zip === true,
          ...(flags.arch !== undefined && { target: lambdaTarget(flags.arch) }),
          ...(flags.host === true && { target: hostTarget() }),
          ...(flags.docker === true && { container: containerOptions(flags) }),
          compile,
          inventory: { notices: flags.notices === true, sbom: flags.sbom === true },
          typecheck: flags.typecheck === true,
          progress: progress.step,
        });
        result = { ...built, warnings: [...notes, ...built.warnings] };
      } finally {
        progress.done();
      }
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify(result)}\n`);
      } else {
        process.stdout.write(formatBuild(result, cwd, paintFor(process.stdout, process.env)));
      }
    });
}

function containerEngineOption(): Option {
  const name = "MAYFLY_CONTAINER_ENGINE";
  const option = new Option("--container-engine <name>", "for --docker (default: the first of these that works)");
  option.choices(CONTAINER_ENGINES);
  // Set to nothing is not set, as CI systems do it: no build may fail for that.
  return process.env[name] === "" ? option : option.env(name);
}

function containerOptions({ containerEngine, buildArg = {} }: BuildFlags): ContainerOptions {
  return {
    buildArgs: buildArg,
    ...(containerEngine !== undefined && { engine: containerEngine }),
    ...(isVerbose() && { log: (text) => void process.stderr.write(text) }),
  };
}

function isVerbose(): boolean {
  return ["debug", "trace"].includes((process.env["LOGLEVEL"] ?? "").toLowerCase());
}
