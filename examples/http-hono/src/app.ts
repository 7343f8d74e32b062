import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { lambdaEvent } from "mayfly/http";

interface Note {
  readonly id: number;
  readonly text: string;
}

const notes: Note[] = [];
const app = new Hono();

app.get("/", (c) => c.html("<!doctype html><title>Notes</title><h1>Notes</h1>"));

app.get("/notes", (c) => c.json(notes));

app.post("/notes", async (c) => {
  const { text } = await c.req.json<{ text?: string }>();
  if (!text) throw new HTTPException(400, { message: "text is required" });
  const note: Note = { id: notes.length + 1, text };
  notes.push(note);
  return c.json(note, 201, { location: new URL(`/notes/${note.id}`, c.req.url).href });
});

app.get("/notes/:id", (c) => {
  const note = notes.find(({ id }) => id === Number(c.req.param("id")));
  return note === undefined ? c.notFound() : c.json(note);
});

// Bytes that are no text: the smallest GIF there is.
app.get("/pixel.gif", (c) =>
  c.body(Buffer.from("R0lGODlhAQABAAAAACw=", "base64"), 200, { "content-type": "image/gif" }),
);

// What HTTP has no place for is in the event.
app.get("/event", (c) => c.json(Object.keys(lambdaEvent(c.req.raw) ?? {})));

export default app;
