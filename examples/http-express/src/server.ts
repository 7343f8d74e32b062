import { createHash } from "node:crypto";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import multer from "multer";
import { logo } from "./logo.ts";

export const app: Express = express();
const upload = multer({ storage: multer.memoryStorage() });

app.use(express.json());

app.get("/", (_request, response) => {
  response.type("html").send(`<!doctype html>
<title>Express on Lambda</title>
<img src="/logo.png" alt="logo">
<form action="/upload" method="post" enctype="multipart/form-data">
  <input type="file" name="file"> <button>Upload</button>
</form>`);
});

app.get("/hello/:name", (request, response) => {
  response.json({ message: `Hello ${request.params.name}`, query: request.query });
});

app.post("/echo", (request, response) => {
  response.status(201).json(request.body);
});

app.get("/logo.png", (_request, response) => {
  response.type("png").send(logo);
});

app.post("/upload", upload.single("file"), (request, response) => {
  const { file } = request;
  if (file === undefined) {
    response.status(400).json({ error: "send a file in the field `file`" });
    return;
  }
  const sha256 = createHash("sha256").update(file.buffer).digest("hex");
  response.json({ name: file.originalname, type: file.mimetype, bytes: file.size, sha256 });
});

app.get("/broken", () => {
  throw new Error("the database is gone");
});

// A streaming function URL sends each line when it is written; every other front sends them together.
app.get("/countdown", async (_request, response) => {
  response.type("text/plain");
  for (const line of ["3…", "2…", "1…", "lift-off"]) {
    response.write(`${line}\n`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  response.end();
});

app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
  console.error(error);
  response.status(500).json({ error: "Something went wrong." });
});
