import type { LocalAccount } from "../account.ts";
import { FUNCTION_VERSION } from "../function-name.ts";
import type { FunctionSettings } from "../function-settings.ts";

export interface Placement {
  readonly taskRoot: string;
  readonly temporaryDirectory: string;
  readonly runtimeApi: string;
  readonly logStream: string;
}

/**
 * Every variable a process gets: those of `provided.al2023`, the function's own, and nothing of ours.
 * Source: AWS Lambda Developer Guide, "Defined runtime environment variables". `TMPDIR` is an addition, since `/tmp` here
 * belongs to everyone.
 */
export function functionVariables(
  settings: FunctionSettings,
  account: LocalAccount,
  placement: Placement,
): Readonly<Record<string, string>> {
  const { taskRoot } = placement;
  const { credentials } = account;
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    LD_LIBRARY_PATH: `/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:${taskRoot}:${taskRoot}/lib:/opt/lib`,
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1:2000",
    TMPDIR: placement.temporaryDirectory,
    ...settings.environment,
    _AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: FUNCTION_VERSION,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${settings.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: placement.logStream,
    AWS_LAMBDA_RUNTIME_API: placement.runtimeApi,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    ...(settings.handler !== undefined && { _HANDLER: settings.handler }),
    ...initialization(settings),
  };
}

function initialization(settings: FunctionSettings): Record<string, string> {
  if (settings.maxConcurrency === undefined) return { AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand" };
  return {
    AWS_LAMBDA_INITIALIZATION_TYPE: "lambda-managed-instances",
    AWS_LAMBDA_MAX_CONCURRENCY: String(settings.maxConcurrency),
    AWS_LAMBDA_LOG_FORMAT: "JSON",
  };
}
