// The OpenAPI document as a page that loads and runs nothing.
import { html } from "hono/html";

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  summary { cursor: pointer; padding: .4rem 0 } code, pre { font: 14px/1.5 ui-monospace, monospace }
  pre { overflow: auto; padding: .75rem; border: 1px solid #8886; border-radius: .4rem; max-height: 24rem }
  td { padding: .1rem 1rem .1rem 0; vertical-align: top } details { border-bottom: 1px solid #8884 }`;

interface Parameter {
  name?: string;
  in?: string;
  description?: string;
  schema?: unknown;
}

interface Operation {
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content?: unknown };
  responses?: Record<string, { description?: string; content?: unknown }>;
}

export interface ApiDocument {
  info: { title: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export function apiPage({ info, paths, components }: ApiDocument) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${info.title}: API</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>${info.title}</h1>
      <p>${info.description ?? ""} By machine: <a href="/api/openapi.json">openapi.json</a>.</p>
      ${operations.map(
        ({ path, method, operation }) => html`
      <details>
        <summary><code>${method} ${path}</code> ${operation.summary ?? ""}</summary>
        <p>${operation.description ?? ""}</p>
        <table>${operation.parameters?.map(
          (parameter) => html`
          <tr><td><code>${parameter.name}</code></td><td>${parameter.in}</td><td>${parameter.description ?? ""}</td><td><code>${JSON.stringify(parameter.schema)}</code></td></tr>`,
        )}</table>
        ${operation.requestBody ? html`<h2>Body</h2><pre>${pretty(operation.requestBody.content)}</pre>` : ""}
        <h2>Answers</h2>
        <table>${Object.entries(operation.responses ?? {}).map(
          ([status, response]) => html`<tr><td><code>${status}</code></td><td>${response.description ?? ""}</td></tr>`,
        )}</table>
        <pre>${pretty(operation.responses?.["200"]?.content)}</pre>
      </details>`,
      )}
      <h2>Schemas</h2>
      ${Object.entries(components?.schemas ?? {}).map(
        ([name, schema]) =>
          html`<details><summary><code>${name}</code></summary><pre>${pretty(schema)}</pre></details>`,
      )}
    </main>
  </body>
</html>`;
}
