import express from "express";

export const app = express();
app.use(express.json());
app.get("/hello/:name", (request, response) => {
  response.set("x-greeting", "yes").cookie("seen", "1").json({ hello: request.params.name, query: request.query });
});
app.post("/echo", (request, response) => response.status(201).send(request.body));
app.get("/bytes", (_, response) => response.type("application/octet-stream").send(Buffer.from([0, 255, 128])));
app.get("/fails", () => {
  throw new TypeError("broken");
});
