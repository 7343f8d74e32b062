/** The module that starts a function on Lambda's Node.js, and requires or imports its handler: no file here. */
export const RUNTIME_MODULE = "/var/runtime/index.mjs";
