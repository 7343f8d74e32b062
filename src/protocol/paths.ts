/**
 * Every path of the Runtime API, the Extensions API and the Invoke API.
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API" and "Lambda Extensions API".
 */

export const RUNTIME_API_VERSION = "2018-06-01";
const EXTENSIONS_API_VERSION = "2020-01-01";
export const INVOKE_API_VERSION = "2015-03-31";
/** `InvokeWithResponseStream` lives under another date than `Invoke`. */
export const INVOKE_STREAM_API_VERSION = "2021-11-15";

const invocation = `/${RUNTIME_API_VERSION}/runtime/invocation`;

export const NEXT_PATH: string = `${invocation}/next`;
export const INIT_ERROR_PATH: string = `/${RUNTIME_API_VERSION}/runtime/init/error`;
export const EXTENSION_REGISTER_PATH: string = `/${EXTENSIONS_API_VERSION}/extension/register`;
export const EXTENSION_NEXT_PATH: string = `/${EXTENSIONS_API_VERSION}/extension/event/next`;

export function responsePath(requestId: string): string {
  return `${invocation}/${encodeURIComponent(requestId)}/response`;
}

export function errorPath(requestId: string): string {
  return `${invocation}/${encodeURIComponent(requestId)}/error`;
}

export function invokePath(functionName: string): string {
  return `/${INVOKE_API_VERSION}/functions/${encodeURIComponent(functionName)}/invocations`;
}

export function invokeStreamPath(functionName: string): string {
  return `/${INVOKE_STREAM_API_VERSION}/functions/${encodeURIComponent(functionName)}/response-streaming-invocations`;
}
