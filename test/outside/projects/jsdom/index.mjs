import { JSDOM } from "jsdom";

export const handler = async ({ html, selector }) => {
  const { window } = new JSDOM(html, { url: "https://example.org/a/b" });
  const { document } = window;
  const nodes = [...document.querySelectorAll(selector)];
  const button = document.createElement("button");
  let clicks = 0;
  button.addEventListener("click", () => clicks++);
  document.body.append(button);
  button.click();
  return {
    texts: nodes.map((node) => node.textContent.trim()),
    links: [...document.links].map(({ href }) => href),
    clicks,
    style: window.getComputedStyle(document.querySelector("p") ?? document.body).display,
    html: document.body.innerHTML,
  };
};
