import { html } from "hono/html";
import { openApiDocument } from "./document.ts";

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  summary { cursor: pointer; padding: .4rem 0 } code, pre { font: 14px/1.5 ui-monospace, monospace }
  pre { overflow: auto; padding: .75rem; border: 1px solid #8886; border-radius: .4rem; max-height: 24rem }
  td { padding: .1rem 1rem .1rem 0; vertical-align: top } details { border-bottom: 1px solid #8884 }`;

const operations = Object.entries(openApiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** The whole document on one page, which loads and runs nothing. */
export const openApiPage = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${openApiDocument.info.title}: API</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <h1>${openApiDocument.info.title}</h1>
      <p>${openApiDocument.info.description} By machine: <a href="/api/openapi.json">openapi.json</a>.</p>
      ${operations.map(
        ({ path, method, operation }) => html`
      <details>
        <summary><code>${method} ${path}</code> ${operation.summary}</summary>
        <table>${operation.parameters?.map(
          ({ name, in: place, description, schema }) => html`
          <tr><td><code>${name}</code></td><td>${place}</td><td>${description}</td><td><code>${JSON.stringify(schema)}</code></td></tr>`,
        )}</table>
        ${operation.requestBody ? html`<h2>Body</h2><pre>${pretty(operation.requestBody.content)}</pre>` : ""}
        <h2>Answer</h2>
        <pre>${pretty(operation.responses[200].content)}</pre>
      </details>`,
      )}
    </main>
  </body>
</html>`;
