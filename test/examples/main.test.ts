import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSource } from "scimkit";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOrganisation } from "../../examples/accept/organisation.ts";
import { type Run, runExample } from "./run-example.ts";

const { groups } = await readOrganisation();
const memberships = groups.reduce((sum, group) => sum + group.members.length, 0);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-example-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function row(stdout: string, label: string): number[] {
  const line = stdout.split("\n").find((text) => text.includes(` ${label} `)) ?? "";
  return [...line.matchAll(/ (\d+) /g)].map(([, count]) => Number(count));
}

function printed(stdout: string): { token: string; baseUrl: string } {
  const [, baseUrl = ""] = /Base URL {2}(\S+)/.exec(stdout) ?? [];
  const [, token = ""] = /Token {5}(\S+)/.exec(stdout) ?? [];
  return { baseUrl, token };
}

/** The requests of a phase: GET, POST, PUT, PATCH, DELETE, all. */
function requests(stdout: string, phase: string): number[] {
  const line = stdout.split("\n").find((text) => text.startsWith(`│ ${phase} `) && text.includes(".")) ?? "";
  return [...line.matchAll(/ (\d+) /g)].map(([, count]) => Number(count));
}

/** The application's address, the second that is printed. */
function application(stdout: string): string {
  return [...stdout.matchAll(/Base URL {2}(\S+)/g)][1]?.[1] ?? "";
}

/** Settles when nobody listens there any more. */
async function gone(url: string): Promise<void> {
  for (;;) {
    try {
      await fetch(url);
    } catch {
      return;
    }
  }
}

/** The rows of requests in the guide's page on pushing, by phase; `n` is a figure that differs from run to run. */
async function figuresOfGuide(n: number): Promise<[phase: string, counts: number[]][]> {
  const page = await readFile(new URL("../../docs/guide/push.md", import.meta.url), "utf8");
  const rows = page.slice(page.indexOf("| phase |")).split("\n").slice(2);
  const table = rows.slice(0, rows.indexOf("")).map((row) => row.split("|").slice(1, -1));
  const term = (text: string): number => (text.endsWith("n") ? Number(text.slice(0, -1) || 1) * n : Number(text));
  const count = (cell: string): number => cell.split("+").reduce((sum, text) => sum + term(text.trim()), 0);
  return table.map(([label = "", ...cells]) => [label.split(":")[0]?.trim() ?? "", cells.map(count)]);
}

/** What the page on pushing says about the first run is what that run prints. */
async function expectFiguresOfGuide(stdout: string): Promise<void> {
  const [, , puts = 0] = requests(stdout, "sync");
  expect(puts).toBeGreaterThan(150);
  expect(puts).toBeLessThan(350);
  const figures = await figuresOfGuide(puts);
  expect(figures.map(([phase]) => phase)).toEqual(["plan", "sync", "second sync", "changes", "and back"]);
  for (const [phase, counts] of figures) {
    const [get, post, put, patch, remove, all] = requests(stdout, phase);
    expect([[get, post, put, patch, all], remove], phase).toEqual([counts, 0]);
  }
}

const CHANGE = [
  /^ {2}GET {4}\/Users\/\{id\}$/m,
  /^ {2}PUT {4}\/Users\/\{id\} {3}\S+@\S+$/m,
  /^ {2}PATCH {2}\/Groups\/\{id\} {2}remove members\[…\]$/m,
  /^ {2}PATCH {2}\/Groups\/\{id\} {2}add members \(1\)$/m,
];

function expectInStep(stdout: string): void {
  expect(stdout).toContain("A second sync checked 530 objects and sent 0 writes.");
  // One request makes sure that the application is there.
  expect(requests(stdout, "second sync")).toEqual([1, 0, 0, 0, 0, 1]);
  // A user is read and replaced, a membership taken out and another put in.
  for (const phase of ["changes", "and back"]) expect(requests(stdout, phase)).toEqual([1, 0, 1, 2, 0, 4]);
  for (const line of CHANGE) expect(stdout).toMatch(line);
  expect(stdout).toMatch(
    /Read back from the application: 488 users with \d+ attributes, 30 groups, 1320 memberships equal the directory's \(12 service accounts are left out\); nothing differs\./,
  );
}

/** Sends the printed request for a new colleague, and deletes her again: a line shows each change, and each write of it. */
async function showsWhatComesInAndGoesOut(run: Run): Promise<void> {
  const { baseUrl, token } = printed(run.stdout());
  const [, body = ""] = / -d '(\{.+\})' /.exec(run.stdout()) ?? [];
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" };
  const colleague = JSON.parse(body.replaceAll(`'\\''`, "'"));
  const created = await fetch(`${baseUrl}/Users`, { method: "POST", headers, body: JSON.stringify(colleague) });
  const { id } = await created.json();
  await run.until(`  in   create  User          ${colleague.userName}\n`);
  await run.until(`  out  POST    /Users        ${colleague.userName} (201)\n`);
  const again = await fetch(`${baseUrl}/Users`, { method: "POST", headers, body: JSON.stringify(colleague) });
  expect(again.status).toBe(409);
  await run.until("  in   POST    /Users        refused with 409: userName");
  await fetch(`${baseUrl}/Users/${id}`, { method: "DELETE", headers });
  await run.until(`  in   delete  User          ${id}\n`);
  await run.until("  out  DELETE  /Users/{id}   (204)\n");
}

describe("npm start", () => {
  test("--once loads and pushes everything, says what it did, and a second run on the file finds it all", {
    timeout: 900_000,
  }, async () => {
    const file = join(folder, "twice.sqlite");
    const first = runExample("--once", "--port", "0", "--file", file);
    expect(await first.status).toBe(0);
    const stdout = first.stdout();
    expect(first.stderr()).toBe("");
    expect(stdout).toMatch(/Base URL {2}http:\/\/127\.0\.0\.1:\d+\/source\/scim\/people\/v2\n/);
    // The token ends with the run, so nothing invites to use it.
    expect(stdout).not.toMatch(/Token|curl/);
    expect(row(stdout, "users created")).toEqual([250, 250, 500]);
    expect(row(stdout, "groups created")).toEqual([15, 15, 30]);
    expect(row(stdout, "managers set").at(-1)).toBe(487);
    expect(row(stdout, "memberships added").at(-1)).toBe(memberships);
    expect(row(stdout, "failed")).toEqual([0, 0, 0]);
    expect(stdout).toContain(
      `Read back: 500 of 500 users (470 active), 487 of 487 managers, 30 of 30 groups, ${memberships} of ${memberships} memberships.`,
    );
    expect(stdout).toMatch(/│ create +│ User +│ +488 │/);
    expect(stdout).toMatch(/│ members │ Group │ 28 \(\+1320 −0\) │/);
    expect(stdout).toMatch(/│ created +│ +518 │/);
    expect(stdout).toMatch(/│ memberships added +│ +1320 │/);
    expectInStep(stdout);
    await expectFiguresOfGuide(stdout);

    const second = runExample("--port", "0", "--file", file);
    await second.until("Ctrl-C ends it");
    const { token } = printed(second.stdout());
    expect(second.stdout()).toContain("the only valid token");
    expect(second.stdout()).toContain(`curl -sS -H 'Authorization: Bearer ${token}'`);
    await showsWhatComesInAndGoesOut(second);
    second.child.kill("SIGTERM");
    expect(await second.status).toBe(0);
    await gone(application(second.stdout()));
    for (const outcome of ["users created", "users updated", "groups created", "groups updated", "memberships added"]) {
      expect(row(second.stdout(), outcome)).toEqual([0, 0, 0]);
    }
    expect(row(second.stdout(), "users found")).toEqual([250, 250, 500]);
    expect(row(second.stdout(), "memberships found").at(-1)).toBe(memberships);
    expect(second.stdout()).toContain("Plan: nothing to do");
    // Nothing but what the application can do is asked.
    expect(requests(second.stdout(), "sync").slice(1, 5)).toEqual([0, 0, 0, 0]);
    expectInStep(second.stdout());

    // A reader that goes away, as `| head` does, harms nothing.
    const third = runExample("--once", "--port", "0", "--file", file);
    await third.until("Base URL");
    third.child.stdout?.destroy();
    expect(await third.status).toBe(0);
    expect(third.stderr()).toBe("");

    const storage = sqliteStorage({ file });
    await storage.migrate();
    try {
      const source = createSource({ slug: "people", baseUrl: "http://localhost", storage });
      const read = async (path: string): Promise<unknown> => {
        const headers = { Authorization: `Bearer ${token}` };
        return (await source.fetch(new Request(`${source.baseUrl}${path}`, { headers }))).json();
      };
      // The token of the second run still works after the third, and those of the runs with --once are gone.
      expect(await read("/Users?count=0")).toMatchObject({ totalResults: 500 });
      expect(await read("/Groups?count=0")).toMatchObject({ totalResults: 30 });
      expect(await source.tokens.list()).toHaveLength(1);
      const filter = encodeURIComponent(`userName eq "Sean.O'Connor@halden.example.com"`);
      expect(await read(`/Users?filter=${filter}`)).toMatchObject({
        Resources: [{ name: { givenName: "Seán", familyName: "O'Connor" } }],
      });
    } finally {
      await storage.close();
    }
  });
});

describe("npm start, interrupted", () => {
  test("a signal in the middle of loading or pushing ends it with status 0, and the next run does the rest", {
    timeout: 900_000,
  }, async () => {
    const file = join(folder, "interrupted.sqlite");
    const interrupted = runExample("--port", "0", "--file", file);
    await interrupted.until("Users                    125 of 500");
    interrupted.child.kill("SIGINT");
    expect(await interrupted.status).toBe(0);
    expect(interrupted.stdout()).toContain("Stopped before everything was done");
    expect(interrupted.stderr()).toBe("");

    const pushing = runExample("--port", "0", "--file", file);
    await pushing.until("\nSync\n");
    pushing.child.kill("SIGINT");
    expect(await pushing.status).toBe(0);
    expect(pushing.stdout()).toContain("Stopped before everything was done");
    const [, , created = 0] = row(pushing.stdout(), "users created");
    const [, , found = 0] = row(pushing.stdout(), "users found");
    expect(found).toBeGreaterThanOrEqual(125);
    const [, , updated = 0] = row(pushing.stdout(), "users updated");
    expect(created + found + updated).toBe(500);

    const rest = runExample("--port", "0", "--file", file);
    await rest.until("Ctrl-C ends it");
    expect(rest.stdout()).toContain(`${memberships} of ${memberships} memberships`);
    const { baseUrl, token } = printed(rest.stdout());
    const answer = await fetch(`${baseUrl}/Users?count=1`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ totalResults: 500 });
    expect(rest.stdout()).toContain("nothing differs.");
    expect(rest.stdout()).toContain("one of 3 valid tokens");

    // Somebody whose request never ends is waited for, until a second signal.
    const socket = connect(Number(new URL(baseUrl).port), "127.0.0.1");
    socket.on("error", () => {});
    await new Promise<void>((resolve) => {
      socket.write("POST /source/scim/people/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", () =>
        resolve(),
      );
    });
    rest.child.kill("SIGINT");
    const again = setInterval(() => rest.child.kill("SIGINT"), 100);
    expect(await rest.status).toBe(130);
    clearInterval(again);
    socket.destroy();
    // The application ends with the process that started it, however that ends.
    await gone(application(rest.stdout()));
  });
});

describe("npm start, given what it cannot use", () => {
  test("a taken port gets one line and status 1", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const run = runExample("--port", String(port), "--file", join(folder, "port.sqlite"));
      expect(await run.status).toBe(1);
      expect(run.stderr()).toBe(`Port ${port} on 127.0.0.1 is taken; choose another with --port\n`);
      expect(run.stdout()).toBe("");
    } finally {
      server.close();
    }
  });

  test("a file that cannot be opened, or is not a database, gets one line, status 1, and stays as it is", async () => {
    const letter = join(folder, "letter.txt");
    await writeFile(letter, "Dear Sir or Madam, this has never been a database.\n".repeat(50));
    for (const file of [letter, join(letter, "below.sqlite"), join(folder, "no", "such", "folder.sqlite"), folder]) {
      const run = runExample("--once", "--port", "0", "--file", file);
      expect(await run.status).toBe(1);
      expect(run.stderr()).toMatch(/^Cannot use .+: .+\n$/);
      expect(run.stderr()).toContain(file);
      expect(run.stdout()).toBe("");
    }
    expect((await readFile(letter, "utf8")).startsWith("Dear Sir")).toBe(true);
    await copyFile(letter, join(folder, "own.application.sqlite"));
    const run = runExample("--once", "--port", "0", "--file", join(folder, "own.sqlite"));
    expect(await run.status).toBe(1);
    expect(run.stderr()).toMatch(/^Cannot start the application on .+own\.application\.sqlite: .*not a database\n$/);
    expect(run.stdout()).toBe("");
  });

  test("a wrong option gets one line and status 2; --help gets the options", async () => {
    const wrong: [string[], string][] = [
      [["--prot", "80"], "Unknown option --prot; --help lists the options\n"],
      [["-x"], "Unknown option -x; --help lists the options\n"],
      [["--port", "99999"], "--port takes a number from 0 to 65535\n"],
      [["--port"], "--port takes a number from 0 to 65535\n"],
      [["--file", ""], "--file takes a path\n"],
      [["people.sqlite"], "Unexpected argument people.sqlite; --help lists the options\n"],
    ];
    for (const [args, line] of wrong) {
      const run = runExample(...args);
      expect(await run.status).toBe(2);
      expect(run.stderr()).toBe(line);
      expect(run.stdout()).toBe("");
    }
    const help = runExample("--help");
    expect(await help.status).toBe(0);
    expect(help.stdout()).toContain("--once");
    // What goes into a pipe has no colours.
    expect(help.stdout()).not.toContain("\u001b");
  });
});
