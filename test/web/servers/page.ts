import express, { type Express } from "express";
import { logo } from "../../../examples/http-express/src/logo.ts";

/** Goes through what a browser does with a function: a page, an image, a module, a form, a stream. */
const page = `<!doctype html>
<img id="logo" src="/logo.png"><ol id="lines"></ol>
<script type="module">
  const note = (text) => lines.append(Object.assign(document.createElement("li"), { textContent: text }));
  await logo.decode();
  note("image of " + logo.naturalWidth + " pixel");
  const form = new FormData();
  form.set("word", "gr\\u00fc\\u00df");
  note(await (await fetch("/form", { method: "POST", body: new URLSearchParams(form) })).text());
  const source = new EventSource("/events");
  source.onmessage = ({ data }) => {
    note("event " + data);
    if (data === "2") { source.close(); document.title = "done"; }
  };
</script>`;

export const app: Express = express();
app.get("/", (_request, response) => {
  response.send(page);
});
app.get("/logo.png", (_request, response) => {
  response.type("png").send(logo);
});
app.post("/form", express.urlencoded({ extended: false }), (request, response) => {
  response.send(`form ${JSON.stringify(request.body)}`);
});
app.get("/events", (_request, response) => {
  response.type("text/event-stream");
  response.write("data: 1\n\n");
  response.end("data: 2\n\n");
});
