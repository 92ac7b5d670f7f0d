import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createSource } from "../../src/source/create-source.ts";
import type { Source } from "../../src/source/source.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { Accounts, type AccountTables } from "../helpers/account-tables.ts";
import { freshPostgresStorage } from "../helpers/postgres/fresh-storage.ts";

interface Step {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly expect: {
    readonly status: readonly number[];
    readonly match?: unknown;
    readonly absent?: readonly string[];
    readonly totalResults?: number;
    readonly containsIds?: readonly string[];
  };
  readonly save?: Record<string, string>;
  readonly profile: string;
  readonly note?: string;
}

interface Sequence {
  readonly id: string;
  readonly steps: readonly Step[];
}

const file = new URL("./data/idp-traffic.json", import.meta.url);
const { sequences } = JSON.parse(readFileSync(file, "utf8")) as { sequences: readonly Sequence[] };

/** Puts variables into every string of a value. */
function fill<T>(value: T, variables: ReadonlyMap<string, string>): T {
  const text = JSON.stringify(value).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const known = variables.get(name);
    if (known === undefined) throw new Error(`variable ${name} was never saved`);
    return known;
  });
  return JSON.parse(text) as T;
}

/** The recorded paths are written for people: here they are encoded as a client would. */
function encodePath(path: string): string {
  const [pathname = "", query] = path.split(/\?(.*)/s);
  if (query === undefined) return pathname;
  const parameters = query.split("&").map((parameter) => {
    const [name = "", value = ""] = parameter.split(/=(.*)/s);
    return `${name}=${encodeURIComponent(value)}`;
  });
  return `${pathname}?${parameters.join("&")}`;
}

function isSubset(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && expected.every((wanted) => actual.some((element) => isSubset(wanted, element)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return false;
    return Object.entries(expected).every(([name, wanted]) =>
      isSubset(wanted, (actual as Record<string, unknown>)[name]),
    );
  }
  return expected === actual;
}

function valueAt(body: unknown, path: string): unknown {
  const names = path.includes("|") ? path.split("|") : path.split(".");
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    body,
  );
}

async function send(source: Source, token: string, step: Step): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, ...step.headers };
  if (step.body !== undefined) headers["content-type"] = "application/scim+json";
  const response = await source.fetch(
    new Request(`${source.baseUrl}${encodePath(step.path)}`, {
      method: step.method,
      headers,
      ...(step.body === undefined ? {} : { body: JSON.stringify(step.body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

function check(step: Step, answer: { status: number; body: unknown }, where: string): void {
  const { status, body } = answer;
  const shown = `${where}: ${JSON.stringify(body)}`;
  expect(step.expect.status, shown).toContain(status);
  if (step.expect.match !== undefined) expect(isSubset(step.expect.match, body), shown).toBe(true);
  for (const path of step.expect.absent ?? []) expect(valueAt(body, path), `${shown} has ${path}`).toBeUndefined();
  if (step.expect.totalResults !== undefined) {
    expect(valueAt(body, "totalResults"), shown).toBe(step.expect.totalResults);
  }
  const ids = step.expect.containsIds ?? [];
  if (ids.length > 0) {
    const found = (valueAt(body, "Resources") as { id: string }[]).map((resource) => resource.id);
    expect(found, shown).toEqual(expect.arrayContaining([...ids]));
  }
}

const storages: Record<string, () => Storage> = {
  memory: () => memoryStorage(),
  sqlite: () => sqliteStorage(":memory:"),
  postgres: () => freshPostgresStorage(),
};

describe.each(Object.keys(storages))("recorded traffic of identity providers over %s storage", (name) => {
  it("holds all of it", () => {
    expect(sequences).toHaveLength(13);
    expect(sequences.flatMap((sequence) => sequence.steps)).toHaveLength(160);
  });

  it.each(sequences.map((sequence) => [sequence.id, sequence] as const))(
    "responds to %s as its vendor expects",
    async (_, sequence) => {
      const storage = storages[name]?.() ?? memoryStorage();
      const source = createSource({ slug: "idp", baseUrl: "https://app.example", storage });
      await replay(source, sequence, async () => {});
      await storage.close();
    },
  );

  it("leaves the application's own tables as each identity provider wants them, after each request", async () => {
    const lines: string[] = [];
    for (const sequence of sequences) {
      const storage = storages[name]?.() ?? memoryStorage();
      const accounts = await new Accounts().create();
      const source = createSource({ slug: "idp", baseUrl: "https://app.example", storage, directory: accounts });
      lines.push(`# ${sequence.id}`);
      let last = "";
      await replay(source, sequence, async ({ method, path }) => {
        const tables = tableText(await accounts.read());
        if (tables !== last) lines.push(`${method} ${path.replaceAll(/[?].*|[{}]/g, "")}: ${tables}`);
        last = tables;
      });
      await storage.close();
    }
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("./data/idp-traffic-tables.txt");
  });
});

/** Sends the requests of a sequence, and checks the response to each. */
async function replay(source: Source, sequence: Sequence, after: (step: Step) => Promise<void>): Promise<void> {
  const { token } = await source.tokens.issue({ name: sequence.id });
  const variables = new Map([
    ["rnd", "k3x9"],
    ["RND", "K3X9"],
  ]);
  for (const [index, raw] of sequence.steps.entries()) {
    const step = fill(raw, variables);
    const answer = await send(source, token, step);
    check(step, answer, `step ${index} ${step.method} ${step.path} (${step.profile}) ${step.note ?? ""}`);
    for (const [variable, path] of Object.entries(step.save ?? {})) {
      variables.set(variable, String(valueAt(answer.body, path)));
    }
    await after({ ...step, path: raw.path });
  }
}

/** The users and groups of the application, with the logins of members. */
function tableText({ users, groups }: AccountTables): string {
  const rows = Object.entries(users as Record<string, { login: string; title: string; active: boolean }>);
  const loginOf = new Map(rows.map(([id, { login }]) => [id, login]));
  const people = rows.map(([, { login, title, active }]) => [login, title, active ? "" : "inactive"].filter(Boolean));
  const teams = Object.values(groups as Record<string, { name: string; members: string[] }>).map(
    (team) =>
      `${team.name} [${team.members
        .map((id) => loginOf.get(id) ?? "nobody")
        .sort()
        .join(", ")}]`,
  );
  return [...people.map((words) => words.join(" / ")).sort(), ...teams.sort()].join("; ") || "nobody";
}
