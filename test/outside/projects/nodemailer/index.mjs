import { readFileSync } from "node:fs";
import { join } from "node:path";
import Email from "email-templates";
import Handlebars from "handlebars";
import nodemailer from "nodemailer";

const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "unix" });
const template = Handlebars.compile(readFileSync(new URL("./templates/hello.hbs", import.meta.url), "utf8"));
const email = new Email({
  views: { root: join(import.meta.dirname, "emails") },
  juice: false,
  send: false,
  preview: false,
});

export const handler = async ({ name }) => {
  const { message, envelope } = await transport.sendMail({
    from: "a@example.org",
    to: "b@example.org",
    subject: "Grüße",
    html: template({ name }),
    text: "plain",
    messageId: "<1@example.org>",
    date: new Date(0),
    boundaryPrefix: "x",
    baseBoundary: "y",
    attachments: [{ filename: "a.txt", content: "attached" }],
  });
  return { envelope, message: message.toString(), pug: await email.render("welcome/html", { name }) };
};
