import { createServer } from "node:http";

const form = (): FormData => {
  const data = new FormData();
  data.set("field", "value");
  data.set("file", new Blob(["<p>"], { type: "text/html" }), "a.html");
  return data;
};

const BODIES: Readonly<Record<string, () => unknown>> = {
  text: () => "text",
  empty: () => "",
  number: () => 5,
  boolean: () => false,
  array: () => [1, 2],
  object: () => ({ a: 1 }),
  boxed: () => Object("boxed") as unknown,
  url: () => new URL("https://example.com/"),
  parameters: () => new URLSearchParams({ a: "1" }),
  form,
  bytes: () => new Uint8Array([104, 105]),
  buffer: () => new Uint8Array([104, 105]).buffer,
  view: () => new DataView(new ArrayBuffer(2)),
  stream: () => new Blob(["stream"]).stream(),
  null: () => null,
  nothing: () => undefined,
  blob: () => new Blob(["blob"]),
  ...Object.fromEntries(
    ["text/html", "text/plain", "application/json", "text/css", "application/javascript", "TEXT/Html", "image/png"].map(
      (type) => [`blob of ${type}`, () => new Blob(["blob"], { type })],
    ),
  ),
  "blob with a charset": () => new Blob(["blob"], { type: "text/html; charset=iso-8859-1" }),
  file: () => new File(["file"], "a.html", { type: "text/html" }),
  "part of a blob": () => new Blob(["blob"]).slice(0, 1, "application/json"),
};

/** A class of the user's, as frameworks have them. */
class OwnResponse extends Response {
  get isOwn(): boolean {
    return true;
  }
}

const typeOf = (message: { readonly headers: Headers }): string | null =>
  message.headers.get("content-type")?.replace(/boundary=.*/, "boundary") ?? null;

const post = (body: unknown, headers?: Record<string, string>): RequestInit => ({
  method: "POST",
  body: body as RequestInit["body"] & string,
  ...(headers !== undefined && { headers }),
  ...(body instanceof ReadableStream && { duplex: "half" }),
});

/** Which content type each kind of body gets, in each way to give one. */
export async function contentTypes(): Promise<Record<string, unknown>> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify(request.headers["content-type"]?.replace(/boundary=.*/, "boundary") ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  const result: Record<string, unknown> = {};
  for (const [name, make] of Object.entries(BODIES)) {
    result[name] = {
      response: typeOf(new Response(make() as BodyInit)),
      own: typeOf(new OwnResponse(make() as BodyInit)),
      said: typeOf(new Response(make() as BodyInit, { headers: { "Content-Type": "a/b" } })),
      request: typeOf(new Request(url, post(make()))),
      sent: await (await fetch(url, post(make()))).json(),
      "sent with headers": await (await fetch(url, post(make(), { "x-a": "1" }))).json(),
      "sent as said": await (await fetch(new URL(url), post(make(), { "CONTENT-type": "a/b" }))).json(),
      "sent as a request": await (await fetch(new Request(url, post(make())))).json(),
    };
  }
  result["an empty type"] = typeOf(new Response("text", { headers: { "content-type": "" } }));
  result["json"] = [typeOf(Response.json({})), typeOf(Response.json(1, { headers: { "content-type": "a/b" } }))];
  result["a request of a request"] = typeOf(new Request(new Request(url, post("text")), post("more", { a: "b" })));
  server.closeAllConnections();
  server.close();
  return result;
}

/** What of the classes programs see. */
export async function classes(): Promise<unknown> {
  const made = [new Response("a"), new Request("http://a/"), new Blob([])];
  const answer = await fetch("data:text/plain,x");
  return [
    made.map((one) => [one.constructor.name, one.constructor === Reflect.get(globalThis, one.constructor.name)]),
    [answer instanceof Response, Response.error() instanceof Response, Response.json({}) instanceof Response],
    [
      new OwnResponse("a") instanceof Response,
      new OwnResponse("a").isOwn,
      new OwnResponse("a").clone().constructor.name,
    ],
    [new Response("a").clone() instanceof Response, (await new Response("a").blob()) instanceof Blob],
    [Object.prototype.toString.call(made[0]), typeof Response, Response.name, fetch.name, new Response("a").status],
    [await new Response("text").text(), await new OwnResponse("own").text(), new Response("a", { status: 404 }).ok],
  ];
}

/** What a Blob, a File and what is made of them say of themselves. */
export async function blobs(): Promise<unknown> {
  const said = [
    "text/html",
    "text/csv; charset=utf-8",
    "Application/JSON",
    "no type",
    "",
    "a/b;c=D",
    "multipart/form-data; boundary=B",
  ];
  const read = async (type: string): Promise<string> =>
    (await new Response("x", { headers: { "content-type": type } }).blob()).type;
  const [blob, file] = [new Blob(["x"], { type: "text/html" }), new File(["x"], "a.csv", { type: "text/csv" })];
  class OwnFile extends File {
    get isOwn(): boolean {
      return true;
    }
  }
  const own = new OwnFile(["x"], "own");
  const types = async (message: Response | Request): Promise<unknown> => [(await message.blob()).type, typeOf(message)];
  return {
    said: await Promise.all(said.map(read)),
    bodies: await Promise.all(
      Object.entries(BODIES)
        .filter(([name]) => !["form", "null", "nothing", "stream"].includes(name))
        .map(async ([name, make]) => [
          name,
          await types(new Response(make() as BodyInit)),
          await types(new Request("http://a/", post(make()))),
        ]),
    ),
    empty: (await new Response("", { headers: { "content-type": "a/b" } }).blob()).type,
    classes: [blob, file, own].map((one) => [
      one instanceof Blob,
      one instanceof File,
      one.constructor.name,
      Object.prototype.toString.call(one),
    ]),
    own: [own.isOwn, own.name, await own.text()],
    file: [file.name, file.type, file.size, typeof file.lastModified, File.name, Object.getPrototypeOf(File) === Blob],
    parts: [new Blob([blob]).type, blob.slice(0, 1).type, await new Blob(new Set(["a", "b"]) as never).text()],
    types: ["ımage/gif", "TEXT/Plain"].map((type) => new Blob([], { type }).type),
    refused: failure(() => new (File as unknown as new (parts: unknown[]) => File)([])),
  };
}

const HEADS = [
  'Content-Disposition: form-data; name="f"; filename="a.csv"\r\nContent-Type: text/csv',
  'content-disposition: form-data; name="f"; filename="a.json"\r\ncontent-type: application/json',
  'Content-Disposition: form-data; name="f"; filename="none"',
  'Content-Disposition: form-data; name="\u00e9%22"; filename="\u00fc%22.txt"\r\nContent-Type: text/plain',
  'Content-Disposition: form-data; name="f"; filename="; name=no"\r\nContent-Type: text/plain',
  'Content-Disposition: form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream',
  'Content-Disposition: form-data; name="text"',
  'Content-Disposition: form-data; name="json"\r\nContent-Type: application/json',
];

const shown = async (form: FormData): Promise<unknown> =>
  Promise.all(
    Array.from(form, async ([name, value]) => [
      name,
      typeof value === "string"
        ? value
        : [value.constructor.name, value instanceof File, value.name, value.type, await value.text()],
    ]),
  );

/** What is in forms, made or read. */
export async function forms(): Promise<unknown> {
  const made = form();
  made.append("unnamed", new Blob(["x"]));
  made.append("file", new File(["x"], "b.txt", { type: "text/plain" }));
  made.append("file", new File(["x"], "b.txt"), "renamed");
  const body = (boundary: string): string =>
    HEADS.map((head) => `--${boundary}\r\n${head}\r\n\r\na\r\n\r\nb\r\n`).join("") + `--${boundary}--\r\n`;
  const read = (text: string, type: string): Promise<FormData> =>
    new Response(text, { headers: { "content-type": type } }).formData();
  const each: unknown[] = [];
  // oxlint-disable-next-line unicorn/no-array-for-each -- is what is looked at
  made.forEach((value, name, whole) => each.push([name, value.constructor.name, whole === made]));
  const written = await new Response(made).text();
  return {
    made: await shown(made),
    got: [made.get("file")?.constructor.name, made.getAll("file").map((one) => one.constructor.name), made.get("no")],
    values: Array.from(made.values(), (value) => value.constructor.name),
    each,
    written: written.replaceAll(/^--.*?(-*)\r?$/gm, "--boundary"),
    again: await shown(await new Response(made).formData()),
    request: await shown(await new Request("http://a/", post(made)).formData()),
    read: await shown(await read(body("B"), "multipart/form-data; boundary=B")),
    quoted: await shown(await read(body("a;b"), 'Multipart/Form-Data; charset=utf-8; boundary="a;b"')),
    none: await shown(await read("--B--\r\n", "multipart/form-data; boundary=B")),
    parameters: await shown(await new Response(new URLSearchParams({ a: "1" })).formData()),
    broken: await Promise.all(
      [
        "",
        "--C\r\n",
        "--B\r\nContent-Disposition: form-data; name=x\r\n\r\nnever ends",
        "--B\r\nno head\r\n\r\nx\r\n--B--",
      ].map((text) => read(text, "multipart/form-data; boundary=B").then(String, (error: Error) => error.name)),
    ),
  };
}

function failure(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

/** What `fetch` makes of addresses that it needs no server for. */
export async function addresses(): Promise<unknown> {
  const data = [
    "data:,a%20b",
    "data:x/x;charset=utf-8;base64,WA",
    "data:;charset=latin1,X",
    "data:image/png;base64,WA==",
  ];
  const fetched = data.map(async (address) => {
    const answer = await fetch(address);
    return [answer.headers.get("content-type"), await answer.text()];
  });
  const refused = ["/relative", "ftp://localhost/", "data:nothing"].map((address) =>
    fetch(address).catch((error: Error) => [error.name, error.message, error.cause instanceof Error]),
  );
  return {
    fetched: await Promise.all(fetched),
    refused: await Promise.all(refused),
    request: failure(() => new Request("")),
  };
}

/** Which methods requests say, and what becomes of one that nobody knows. */
export async function methods(): Promise<unknown> {
  const said = ["patch", "get", "PURGE", "QUERY", "LIST", "List"];
  const own = new Request("http://a/", { method: "LIST" });
  return [
    said.map((method) => new Request("http://a/", { method }).method.toUpperCase()),
    [
      own.clone().method,
      own.clone().clone().method,
      new Request(own).method,
      new Request(own, { method: "PUT" }).method,
    ],
    failure(() => new Request("http://a/", { method: "no method" })),
    await fetch("http://127.0.0.1:1/", { method: "LIST" }).catch((error: Error) => error.name),
  ];
}

/** What of an exception that code makes ends up in logs. */
export function exceptions(): unknown {
  const made = new DOMException("gone", "AbortError");
  return [
    made.stack?.split("\n")[0],
    made.stack?.includes("at exceptions"),
    made instanceof DOMException,
    made instanceof Error,
    made.code,
  ];
}

/** In which order headers are listed, and how they are shown. */
export async function listed(): Promise<unknown> {
  const { inspect } = await import("node:util");
  const headers = new Headers([
    ["z", "1"],
    ["set-cookie", "b=1"],
    ["t", "2"],
    ["Set-Cookie", "a=2"],
    ["a", "3"],
  ]);
  // Node.js shows them in the order in which they were set.
  const inOrder = new Headers([
    ["a", "1"],
    ["set-cookie", "b=1"],
    ["set-cookie", "a=2"],
  ]);
  const called: unknown[] = [];
  headers.forEach(function (this: unknown, value, name, all) {
    called.push([this, name, value, all === headers]);
  }, "self");
  const seen: string[] = [];
  for (const [name] of headers) {
    seen.push(name);
    if (name === "a") headers.set("b", "added");
    if (name === "t") headers.delete("z");
  }
  return [
    called,
    seen,
    [...headers.keys()],
    [...headers.values()],
    [...new Response("text", { headers }).headers],
    [...new Headers({ b: "1", a: "2" })],
    [inOrder, new Headers(), new Headers({ "set-cookie": "one" })].map((one) => inspect(one)),
  ];
}
