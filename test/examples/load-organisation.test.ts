import { expect, test } from "vitest";
import { curlLines, shellQuote } from "../../examples/accept/curl-lines.ts";
import { entraClient } from "../../examples/accept/entra-client.ts";
import { loadOrganisation } from "../../examples/accept/load-organisation.ts";
import { oktaClient } from "../../examples/accept/okta-client.ts";
import { readOrganisation } from "../../examples/accept/organisation.ts";
import type { Output } from "../../examples/accept/output.ts";
import { showProgress } from "../../examples/accept/progress.ts";
import { createScimHttp } from "../../examples/accept/scim-http.ts";
import { verifyOrganisation } from "../../examples/accept/verify-organisation.ts";
import { membersOf, standIn, userIds } from "./stand-in.ts";

const organisation = await readOrganisation();

function written(): Output & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  return { lines, interactive: false, hasColours: false, print: write, complain: write };
}

test("loads everybody in both forms, and a second time finds everybody and writes nothing", async () => {
  const http = standIn();
  const providers = { entra: entraClient(http), okta: oktaClient(http) };
  const output = written();
  const first = await loadOrganisation({ organisation, providers, progress: showProgress(output) });
  expect(first.entra.users).toEqual({ created: 250, found: 0, updated: 0 });
  expect(first.okta.users).toEqual({ created: 250, found: 0, updated: 0 });
  expect(first.entra.failed + first.okta.failed).toBe(0);
  expect(output.lines.filter((line) => line.includes("Users"))).toHaveLength(4);
  const before = http.sent.length;
  const second = await loadOrganisation({ organisation, providers, progress: showProgress(output) });
  expect(second.entra.users).toEqual({ created: 0, found: 250, updated: 0 });
  expect(second.okta.groups).toEqual({ created: 0, found: 15, updated: 0 });
  expect(second.entra.membershipsAdded + second.okta.membershipsAdded).toBe(0);
  expect(http.sent.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
  const checked = await verifyOrganisation(organisation, http);
  expect(checked.problems).toEqual([]);
  expect(checked).toMatchObject({ users: 500, active: 470, groups: 30, managers: 487, others: 0 });
});

test("a failure names who and what, is counted, and stops nobody else; the next run corrects it", async () => {
  const http = standIn();
  const providers = { entra: entraClient(http), okta: oktaClient(http) };
  const few = {
    name: "few",
    users: organisation.users.slice(0, 12).map(({ manager: _manager, ...user }) => user),
    groups: [
      {
        directory: "okta" as const,
        externalId: "g",
        displayName: "All",
        members: organisation.users.slice(0, 12).map((user) => user.userName),
      },
    ],
  };
  const [unlucky] = few.users;
  http.refuse = `"userName":"${unlucky?.userName}"`;
  const output = written();
  const tallies = await loadOrganisation({ organisation: few, providers, progress: showProgress(output) });
  expect(tallies.entra.failed).toBe(1);
  expect(tallies.entra.users.created + tallies.okta.users.created).toBe(11);
  expect(output.lines).toContain(
    `Entra ID, ${unlucky?.userName}: POST /Users returned 409: userName is already in use`,
  );
  expect((await verifyOrganisation(few, http)).problems).toEqual([
    `${unlucky?.userName} is missing`,
    "The group All lacks 1 members",
  ]);
  http.refuse = undefined;
  const again = await loadOrganisation({ organisation: few, providers, progress: showProgress(output) });
  expect(again.entra.users.created).toBe(1);
  expect(again.okta.membershipsAdded).toBe(1);
  expect(membersOf(http, "All")).toEqual([...userIds(http).values()].sort());
});

test("an aborted load begins nothing more", async () => {
  const http = standIn();
  const providers = { entra: entraClient(http), okta: oktaClient(http) };
  const options = { organisation, providers, progress: showProgress(written()), signal: AbortSignal.abort() };
  await expect(loadOrganisation(options)).rejects.toThrow("aborted");
  expect(http.sent).toEqual([]);
});

test("the HTTP client counts responses by status, and a failed request names request and response", async () => {
  const answers = [
    Response.json({ totalResults: 0 }),
    new Response(JSON.stringify({ detail: "Too many" }), { status: 429 }),
    new Response("<html>", { status: 502 }),
  ];
  const http = createScimHttp({
    baseUrl: "http://127.0.0.1:1/v2",
    token: "secret",
    userAgent: "test",
    fetch: async () => answers.shift() ?? Promise.reject(new TypeError("connection refused")),
  });
  expect(await http.get("/Users?count=0")).toEqual({ totalResults: 0 });
  await expect(http.get("/Users?filter=userName%20eq%20%22a%22")).rejects.toThrow(
    'GET /Users?filter=userName eq "a" returned 429: Too many',
  );
  await expect(http.send("POST", "/Users", {})).rejects.toThrow("POST /Users returned 502: <html>");
  await expect(http.get("/Users")).rejects.toThrow("GET /Users got no response");
  expect([...http.statuses]).toEqual([
    [200, 1],
    [429, 1],
    [502, 1],
  ]);
});

test("curl lines survive the shell: apostrophes, quotes and spaces stay what they are", () => {
  expect(shellQuote("it's")).toBe(`'it'\\''s'`);
  const lines = curlLines(
    { baseUrl: "http://127.0.0.1:8787/source/scim/people/v2", token: "t0ken" },
    { baseUrl: "http://127.0.0.1:8788/scim/v2", token: "0ther" },
  );
  expect(lines).toContainEqual(
    `curl -sS -H 'Authorization: Bearer t0ken' -G --data-urlencode 'filter=userName eq "sean.o'\\''connor@halden.example.com"' 'http://127.0.0.1:8787/source/scim/people/v2/Users'`,
  );
  expect(lines).toContainEqual(
    `curl -sS -H 'Authorization: Bearer 0ther' -G --data-urlencode 'filter=userName eq "grace.o'\\''malley@halden.example.com"' 'http://127.0.0.1:8788/scim/v2/Users'`,
  );
});
