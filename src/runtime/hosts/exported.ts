/** The modules compiled into an artifact, by path from the project's root without extension. Loading evaluates. */
export type ModuleTable = Readonly<Record<string, () => Promise<unknown>>>;

// What of their exports can be a handler.

export interface FunctionHandler {
  readonly call: (event: unknown, context: unknown, callback: (error?: unknown, value?: unknown) => void) => unknown;
  /** The function as its author wrote it: what it takes tells how it may answer. */
  readonly written: object;
}

/** A function that `awslambda.streamifyResponse` has marked. */
export interface StreamedHandler {
  readonly call: (event: unknown, stream: unknown, context: unknown) => unknown;
  /** The function that has the marks. */
  readonly marked: object;
}

/** An object with `fetch`: what web frameworks export, and code for other platforms of this kind. */
export interface FetchApp {
  fetch(request: Request, environment: unknown, execution: unknown): unknown;
}

/** What listens for HTTP once it is told to: an `http.Server`, an Express, Koa, Fastify or NestJS application. */
export interface NodeApp {
  listen(options: { readonly port: number; readonly host: string }): unknown;
}
