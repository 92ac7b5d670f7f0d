import { readFileSync } from "node:fs";
import type { Storage } from "scimkit/storage";
import { afterEach, describe, expect, it } from "vitest";
import { EVERY_STORAGE } from "../helpers/scim-app.ts";
import { createSourceApp, type SourceApp } from "../helpers/source-app.ts";

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly save?: Readonly<Record<string, string>>;
}

interface Report {
  readonly id: string;
  readonly title: string;
  readonly setup?: readonly Sent[];
  readonly request: Sent;
  readonly expect: {
    readonly status: number | readonly number[];
    readonly body?: object;
    readonly readback?: {
      readonly path: string;
      readonly body: object;
      readonly length?: Readonly<Record<string, number>>;
    };
  };
}

const file = new URL("./fixtures/field-inbound.json", import.meta.url);
const reports = JSON.parse(readFileSync(file, "utf8")) as readonly Report[];

/** Replaces `{{name}}`, and `{{name|upper}}` in capitals. */
function fill<T>(value: T, saved: ReadonlyMap<string, string>): T {
  const text = JSON.stringify(value).replaceAll(/\{\{(\w+)(\|upper)?\}\}/g, (_, name: string, upper?: string) => {
    const known = saved.get(name) ?? "";
    return upper === undefined ? known : known.toUpperCase();
  });
  return JSON.parse(text) as T;
}

function at(value: unknown, path: string): unknown {
  return path.split("/").reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value);
}

/** Lists in the order of their texts, since the order of members means nothing. */
function inAnyOrder(value: object): object {
  return JSON.parse(JSON.stringify(value), (_, part) =>
    Array.isArray(part) ? expect.arrayContaining(part.map((each) => expect.objectContaining(each))) : part,
  );
}

async function run(app: SourceApp, report: Report): Promise<void> {
  const saved = new Map([["rnd", report.id]]);
  const send = async ({ method = "GET", path, body, save = {} }: Sent): ReturnType<SourceApp["send"]> => {
    const response = await app.send(method, fill(path, saved), body === undefined ? undefined : fill(body, saved));
    for (const [name, from] of Object.entries(save)) saved.set(name, String(at(response.body, from)));
    return response;
  };
  for (const step of report.setup ?? []) expect((await send(step)).status).toBeLessThan(400);
  const response = await send(report.request);
  const { status, body, readback } = report.expect;
  expect([status].flat(), response.text).toContain(response.status);
  if (body !== undefined) expect(response.body).toMatchObject(fill(body, saved));
  if (readback === undefined) return;
  const shown = await send({ path: readback.path });
  expect(shown.body).toMatchObject(inAnyOrder(fill(readback.body, saved)));
  for (const [path, length] of Object.entries(readback.length ?? {})) expect(at(shown.body, path)).toHaveLength(length);
}

describe.each(Object.entries(EVERY_STORAGE))("what the field reports of other servers, over %s", (_name, make) => {
  let storage: Storage | undefined;
  afterEach(async () => {
    await storage?.close();
    storage = undefined;
  });

  it.each(reports.map((report) => [report.title, report] as const))("%s", async (_title, report) => {
    storage = await make();
    await run(await createSourceApp({ storage }), report);
  });
});
