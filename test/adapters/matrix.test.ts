import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answeringDirectly, echoHandler, LIMIT, type Seen } from "./echo-handler.ts";
import { listen, mounts, type Running } from "./mounts.ts";

interface Case {
  readonly title: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status?: number;
  /** What the handler must have seen. */
  readonly seen?: Partial<Seen>;
  /** Where the JSON it saw counts, not its spelling. */
  readonly seenJson?: string;
  readonly answer?: (response: Response, text: string) => void;
  /** The case needs an adapter: a bare handler that rejects simply rejects. */
  readonly mountedOnly?: boolean;
  /** The case needs a `Response`: a direct answer has one text and no header twice. */
  readonly responseOnly?: boolean;
}

const scim = { "Content-Type": "application/scim+json" };
const user = JSON.stringify({ userName: "bjensen", name: { familyName: "Jensen-Ø" }, emails: [] });

function expectHidden(response: Response, text: string): void {
  expect(response.headers.get("Content-Type")).toBe("application/scim+json");
  expect(JSON.parse(text)).toMatchObject({ status: "500", detail: "Internal error" });
  expect(text).not.toContain("hunter2");
}

const cases: readonly Case[] = [
  {
    title: "shows the whole path and the query as they were sent",
    path: '/scim/v2/Users?filter=emails[type eq "work"]&attributes=a&attributes=b&x=%2B+c',
    seen: {
      method: "GET",
      target: "/scim/v2/Users?filter=emails[type%20eq%20%22work%22]&attributes=a&attributes=b&x=%2B+c",
    },
    answer: (response) => expect(response.headers.get("ETag")).toBe('W/"1"'),
  },
  { title: "shows the bare prefix", path: "/scim/v2", seen: { target: "/scim/v2" } },
  { title: "keeps an escaped slash in an id", path: "/scim/v2/Users/a%2Fb", seen: { target: "/scim/v2/Users/a%2Fb" } },
  { title: "passes a SCIM body on", method: "POST", path: "/scim/v2/Users", headers: scim, body: user, seenJson: user },
  {
    title: "passes a JSON body with a charset on",
    method: "PUT",
    path: "/scim/v2/Users/1",
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body: user,
    seen: { method: "PUT" },
    seenJson: user,
  },
  {
    title: "passes an empty object on",
    method: "PATCH",
    path: "/scim/v2/Users/1",
    headers: scim,
    body: "{}",
    seen: { body: "{}" },
  },
  {
    title: "passes an empty array on",
    method: "POST",
    path: "/scim/v2/Bulk",
    headers: scim,
    body: "[]",
    seen: { body: "[]" },
  },
  {
    title: "passes a body of another type on for the handler to refuse",
    method: "POST",
    path: "/scim/v2/Users",
    headers: { "Content-Type": "text/csv" },
    body: "a,b",
    seen: { body: "a,b" },
  },
  {
    title: "keeps __proto__ and constructor in a body what they were",
    method: "POST",
    path: "/scim/v2/Users",
    headers: scim,
    body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    seenJson: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    answer: () => expect(({} as Record<string, unknown>).admin).toBeUndefined(),
  },
  {
    title: "passes a POST without a body on",
    method: "POST",
    path: "/scim/v2/.search",
    seen: { method: "POST", body: "" },
  },
  {
    title: "passes a DELETE without a body on",
    method: "DELETE",
    path: "/scim/v2/Users/1",
    seen: { method: "DELETE", body: "" },
  },
  {
    title: "hands headers over",
    path: "/scim/v2/Users",
    headers: { Authorization: "Bearer t", "If-Match": 'W/"1", W/"2"' },
    seen: { headers: expect.objectContaining({ authorization: "Bearer t", "if-match": 'W/"1", W/"2"' }) },
  },
  {
    title: "is given a Request that is one",
    path: "/scim/v2/Users",
    seen: { isRequest: true },
  },
  {
    title: "answers HEAD with headers and without a body",
    method: "HEAD",
    path: "/scim/v2/Users",
    answer: (response, text) => {
      expect(response.headers.get("ETag")).toBe('W/"1"');
      expect(text).toBe("");
    },
    mountedOnly: true,
  },
  {
    title: "answers 204 without a body and with its headers",
    method: "DELETE",
    path: "/scim/v2/empty",
    status: 204,
    answer: (response, text) => {
      expect(text).toBe("");
      expect(response.headers.get("ETag")).toBe('W/"2"');
      expect(response.headers.get("Content-Length")).toBeNull();
      expect(response.headers.get("Transfer-Encoding")).toBeNull();
    },
  },
  {
    title: "streams an answer and repeats Set-Cookie",
    responseOnly: true,
    path: "/scim/v2/streamed",
    answer: (response, text) => {
      expect(text).toBe("one two three");
      expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    },
  },
  {
    title: "carries 5 MB through a body",
    method: "POST",
    path: "/scim/v2/Users",
    headers: scim,
    body: JSON.stringify({ pad: "x".repeat(5_000_000) }),
    answer: (_response, text) => expect((JSON.parse(text) as Seen).body.length).toBe(5_000_010),
  },
  {
    title: "lets the handler stop reading at its own limit and still answer",
    method: "POST",
    path: "/scim/v2/limited",
    headers: scim,
    body: JSON.stringify({ pad: "x".repeat(2_000_000) }),
    status: 413,
    answer: (_response, text) => expect((JSON.parse(text) as { bytes: number }).bytes).toBeGreaterThan(LIMIT),
  },
  {
    title: "lets the handler answer without reading the body",
    method: "POST",
    path: "/scim/v2/ignored",
    headers: scim,
    body: JSON.stringify({ pad: "x".repeat(200_000) }),
    status: 401,
  },
  {
    title: "answers 500 without internals when the handler rejects",
    path: "/scim/v2/rejects",
    status: 500,
    answer: expectHidden,
    mountedOnly: true,
  },
  {
    title: "answers 500 without internals when the handler throws",
    path: "/scim/v2/throws",
    status: 500,
    answer: expectHidden,
    mountedOnly: true,
  },
  {
    title: "answers 500 when the handler gives no response",
    path: "/scim/v2/no-response",
    status: 500,
    answer: expectHidden,
    mountedOnly: true,
  },
  {
    title: "answers with the ScimError that the handler rejects with",
    path: "/scim/v2/unauthorized",
    status: 401,
    answer: (_response, text) => expect(JSON.parse(text)).toMatchObject({ status: "401" }),
    mountedOnly: true,
  },
];

async function check(one: Case, send: (path: string, init: RequestInit) => Promise<Response>): Promise<void> {
  const response = await send(one.path, { method: one.method ?? "GET", headers: one.headers, body: one.body });
  const text = await response.text();
  expect(response.status).toBe(one.status ?? 200);
  if (one.seen !== undefined) expect(JSON.parse(text)).toMatchObject(one.seen);
  if (one.seenJson !== undefined) {
    expect(JSON.stringify(JSON.parse((JSON.parse(text) as Seen).body))).toBe(JSON.stringify(JSON.parse(one.seenJson)));
  }
  one.answer?.(response, text);
}

describe("the bare handler", () => {
  it.each(cases.filter((one) => one.mountedOnly !== true))("$title", (one) =>
    check(one, (path, init) => echoHandler(new Request(`https://app.example${path}`, init))),
  );
});

const handlers = [
  { kind: "a handler of anyone's", handler: echoHandler, fitting: cases },
  {
    kind: "a handler that answers directly",
    handler: answeringDirectly(echoHandler),
    fitting: cases.filter((one) => one.responseOnly !== true),
  },
];

describe.each(handlers)("$kind", ({ handler, fitting }) => {
  describe.each(mounts.filter(({ isFetch }) => isFetch !== true))("$name", ({ listener }) => {
    let server: Running;
    beforeAll(async () => {
      server = await listen(listener(handler));
    });
    afterAll(() => server.close());

    it.each(fitting)("$title", (one) => check(one, (path, init) => fetch(`${server.origin}${path}`, init)));
  });

  // Hono's server cuts connections of which it did not read the body: each case has one of its own.
  describe.each(mounts.filter(({ isFetch }) => isFetch === true))("$name", ({ listener }) => {
    it.each(fitting)("$title", async (one) => {
      const server = await listen(listener(handler));
      try {
        await check(one, (path, init) => fetch(`${server.origin}${path}`, init));
      } finally {
        await server.close();
      }
    });
  });
});
