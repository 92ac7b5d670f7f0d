import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { provision } from "../../examples/two-tenants/identity-providers.ts";
import { type App, buildApp } from "../../examples/two-tenants/main.ts";
import { GROUP, patch, USER } from "../helpers/scim-app.ts";

let folder = "";
let files = 0;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-two-tenants-"));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Send = (method: string, path: string, body?: object) => Promise<{ status: number; body: Record<string, unknown> }>;

interface Running extends App {
  readonly origin: string;
  readonly file: string;
  /** Sends requests as the identity provider of a customer. */
  as(slug: string): Promise<Send>;
}

async function start(file = join(folder, `${++files}.db`)): Promise<Running> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const built = buildApp(file, origin);
  server.on("request", built.app);
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
    await built.close();
  });
  const as = async (slug: string): Promise<Send> => {
    const source = await built.sources.get(slug);
    const issued = await source?.tokens.issue({ name: "test" });
    return async (method, path, body) => {
      const headers = { authorization: `Bearer ${issued?.token}`, "content-type": "application/scim+json" };
      const response = await fetch(`${source?.baseUrl}${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
      });
      return { status: response.status, body: response.status === 204 ? {} : await response.json() };
    };
  };
  return { ...built, origin, file, as };
}

/** Reads a table behind the application's back. */
function read(file: string, sql: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

const user = (userName: string, more: object = {}) => ({ schemas: [USER], userName, ...more });

describe("the example with two tenants", () => {
  it("writes users and groups of each customer to its own rows, and shows them on its page", async () => {
    const app = await start();
    for (const customer of app.tables.customers()) await provision(app.sources, customer);
    expect(read(app.file, "SELECT customer, login, is_enabled FROM users ORDER BY login")).toEqual([
      { customer: "acme", login: "ada@acme.example", is_enabled: 1 },
      { customer: "globex", login: "ada@globex.example", is_enabled: 1 },
      { customer: "acme", login: "grace@acme.example", is_enabled: 0 },
      { customer: "globex", login: "grace@globex.example", is_enabled: 0 },
    ]);
    const page = await (await fetch(`${app.origin}/`)).text();
    expect(page).toContain("<td>Acme engineers</td><td>ada@acme.example, grace@acme.example</td>");
    expect(page).toContain("<td>Globex engineers</td><td>ada@globex.example, grace@globex.example</td>");
    const acme = await app.as("acme");
    expect((await acme("GET", "/Users")).body.totalResults).toBe(2);
  });

  it("follows changes, deactivation and removal, and shows names as text", async () => {
    const app = await start();
    const acme = await app.as("acme");
    const { id } = (await acme("POST", "/Users", user("eve@acme.example", { displayName: "<b>Eve\u202e</b>" }))).body;
    const group = await acme("POST", "/Groups", { schemas: [GROUP], displayName: "Staff", members: [{ value: id }] });
    const off = patch({ op: "Replace", path: "active", value: "False" });
    expect((await acme("PATCH", `/Users/${id}`, off)).status).toBe(200);
    const page = await (await fetch(`${app.origin}/`)).text();
    expect(page).toContain("<td>eve@acme.example</td><td>&lt;b&gt;Eve\ufffd&lt;/b&gt;</td><td>no</td>");
    const nested = { op: "add", path: "members", value: [{ value: group.body.id, type: "Group" }] };
    expect((await acme("PATCH", `/Groups/${group.body.id}`, patch(nested))).status).toBe(400);
    expect((await acme("DELETE", `/Users/${id}`)).status).toBe(204);
    expect(read(app.file, "SELECT * FROM users")).toEqual([]);
    expect(read(app.file, "SELECT * FROM group_members")).toEqual([]);
    expect(read(app.file, "SELECT title FROM groups")).toEqual([{ title: "Staff" }]);
  });

  it("keeps a customer from the users, the addresses and the token of the other", async () => {
    const app = await start();
    const [acme, globex] = [await app.as("acme"), await app.as("globex")];
    const { id } = (await acme("POST", "/Users", user("ada@acme.example"))).body;
    expect((await globex("GET", `/Users/${id}`)).status).toBe(404);
    expect((await globex("DELETE", `/Users/${id}`)).status).toBe(404);
    expect((await globex("POST", "/Users", user("ada@acme.example"))).status).toBe(400);
    const { token } = (await (await app.sources.get("globex"))?.tokens.issue({ name: "test" })) ?? {};
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${app.origin}/source/scim/acme/v2/Users`, { headers })).status).toBe(401);
    expect((await fetch(`${app.origin}/source/scim/nobody/v2/Users`, { headers })).status).toBe(404);
    expect(read(app.file, "SELECT login FROM users")).toEqual([{ login: "ada@acme.example" }]);
  });

  it("takes parallel requests of both customers, and goes on with its file after a restart", async () => {
    const app = await start();
    const senders = [await app.as("acme"), await app.as("globex")];
    const created = await Promise.all(
      Array.from({ length: 40 }, (_, number) => {
        const domain = ["acme", "globex"][number % 2];
        return senders[number % 2]?.("POST", "/Users", user(`user-${number}@${domain}.example`));
      }),
    );
    expect(created.map((response) => response?.status)).toEqual(created.map(() => 201));
    for (const close of closing.splice(0)) await close();
    const again = await start(app.file);
    const { body } = await (await again.as("acme"))("GET", "/Users?count=100");
    expect(body.totalResults).toBe(20);
    expect(read(app.file, "SELECT count(*) AS users FROM users")).toEqual([{ users: 40 }]);
  });

  it("starts with one command, and ends when it is asked to", async () => {
    const child = startProgram(join(folder, "program.db"));
    const printed = await printedUntil(child, /Globex: .*\n/);
    const [, origin = ""] = /The page: (\S+)/.exec(printed) ?? [];
    const [, url = "", token = ""] = /Acme: (\S+) {2}(\S+)/.exec(printed) ?? [];
    expect(await (await fetch(origin)).text()).toContain("ada@acme.example");
    const response = await fetch(`${url}/Users`, { headers: { authorization: `Bearer ${token}` } });
    expect(await response.json()).toMatchObject({ totalResults: 2 });
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  });
});

function startProgram(file: string): ChildProcess {
  const fromSource = new URL("./from-source.ts", import.meta.url).href;
  const flags = ["--disable-warning=ExperimentalWarning", "--import", fromSource];
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const env = { ...process.env, PORT: "0" };
  return spawn(process.execPath, [...flags, "examples/run.ts", "two-tenants", file], { cwd: root, env });
}

function printedUntil(child: ChildProcess, text: RegExp): Promise<string> {
  let printed = "";
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (text.test(printed)) resolve(printed);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("close", () => reject(new TypeError(`ended early:\n${printed}`)));
  });
}
