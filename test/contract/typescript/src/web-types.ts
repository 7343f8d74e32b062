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
