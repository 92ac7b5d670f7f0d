import { describe, expect, it } from "vitest";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import { createScimClient } from "../../src/client/create-client.ts";
import { outcomeOf } from "../../src/client/http/outcome.ts";
import { TooManyRequestsError, UnavailableError } from "../../src/errors/request-errors.ts";
import { ScimError } from "../../src/errors/scim-error.ts";
import { TransportError } from "../../src/errors/transport-error.ts";
import {
  closedUrl,
  endlessBody,
  halfBody,
  page,
  refusal,
  rejection,
  reset,
  respond,
  type Step,
  scripted,
  silence,
} from "./scripted-server.ts";

const user = { id: "1", schemas: [], userName: "anna" };
const ok = respond(200, user);

describe("a read is repeated", () => {
  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    it(`after ${status}, with growing waits [req C12]`, async () => {
      const { client, arrived, waits } = await scripted([refusal(status), page(status), ok]);
      expect(await client.users.get("1")).toEqual(user);
      expect(arrived).toHaveLength(3);
      expect(waits).toEqual([250, 500]);
    });
  }

  it.each<[string, Step]>([
    ["a connection that is cut", reset],
    ["half a body", halfBody],
  ])("after %s [req C12]", async (_, fault) => {
    const { client, arrived } = await scripted([fault, ok]);
    expect(await client.users.get("1")).toEqual(user);
    expect(arrived).toHaveLength(2);
  });

  it.each<[string, Step]>([
    ["silence", silence],
    ["a body without end", endlessBody],
  ])("after %s beyond the time limit, which covers the body [req C11]", async (_, fault) => {
    // On a busy machine a later attempt may run out of time as well.
    const options = { timeoutMs: 300, retry: { attempts: 20 } };
    const { client, arrived, events } = await scripted([fault, ok], options);
    expect(await client.users.get("1")).toEqual(user);
    expect(arrived.length).toBeGreaterThan(1);
    expect(events).toContainEqual(expect.objectContaining({ type: "client.request", reason: "timeout", attempt: 1 }));
  });

  it("at most as often as allowed, and ends with the last error", async () => {
    const { client, arrived } = await scripted([reset], { retry: { attempts: 3 } });
    const error = await rejection(client.users.get("1"));
    expect(error).toMatchObject({ name: "TransportError", reason: "network", attempt: 3, outcome: "unknown" });
    expect(arrived).toHaveLength(3);
  });

  it.each([400, 403, 404, 405, 409, 412, 413, 501])("never after %d [req C14]", async (status) => {
    const { client, arrived } = await scripted([refusal(status)]);
    expect(await rejection(client.users.get("1"))).toMatchObject({ status });
    expect(arrived).toHaveLength(1);
  });
});

describe("Retry-After", () => {
  it("in seconds is waited for exactly, without jitter [req C12]", async () => {
    const { client, waits, events } = await scripted([refusal(429, {}, { "retry-after": "7" }), ok]);
    await client.users.get("1");
    expect(waits).toEqual([7000]);
    expect(events).toContainEqual({
      type: "client.retry",
      method: "GET",
      route: "/Users/{id}",
      attempt: 1,
      waitMs: 7000,
    });
  });

  it("as a date is compared with the Date of the response [req C12] [req C80]", async () => {
    const headers = { "retry-after": "Wed, 21 Oct 2015 07:28:09 GMT", date: "Wed, 21 Oct 2015 07:28:00 GMT" };
    const { client, waits } = await scripted([refusal(503, {}, headers), ok]);
    await client.users.get("1");
    expect(waits).toEqual([9000]);
  });

  it("longer than the longest wait ends the attempts, and the error carries it", async () => {
    const { client, arrived, waits } = await scripted([refusal(429, {}, { "retry-after": "3600" })]);
    const error = await rejection(client.users.get("1"));
    expect(error).toBeInstanceOf(TooManyRequestsError);
    expect(error).toMatchObject({ retryAfterMs: 3_600_000 });
    expect([arrived.length, waits.length]).toEqual([1, 0]);
  });

  it("that is invalid is ignored", async () => {
    const { client, waits } = await scripted([refusal(429, {}, { "retry-after": "soon" }), ok]);
    await client.users.get("1");
    expect(waits).toEqual([250]);
  });
});

describe("a POST", () => {
  const create = (client: Awaited<ReturnType<typeof scripted>>["client"]): Promise<unknown> =>
    client.users.create({ userName: "anna" }, { lookup: false });

  it.each<[string, Step]>([
    ["429", refusal(429)],
    ["503 with Retry-After", refusal(503, {}, { "retry-after": "1" })],
  ])("is repeated after %s: the service provider did nothing", async (_, step) => {
    const { client, arrived } = await scripted([step, respond(201, user)]);
    await create(client);
    expect(arrived).toHaveLength(2);
  });

  it.each<[string, Step, string]>([
    ["a connection that is cut", reset, "network"],
    ["half an answer", halfBody, "network"],
    ["silence", silence, "timeout"],
    ["an HTML page", page(200), "not-scim"],
    ["an answer without id and Location", respond(201), "not-scim"],
  ])("is never repeated after %s: its outcome is unknown [req C13]", async (_, step, reason) => {
    const { client, arrived } = await scripted([step], { timeoutMs: step === silence ? 2000 : 30_000 });
    const error = await rejection(create(client));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ reason, outcome: "unknown", attempt: 1 });
    expect(outcomeOf(error)).toBe("unknown");
    expect(arrived).toHaveLength(1);
  });

  it.each([500, 502, 503, 504, 408])("is never repeated after %d: its outcome is unknown [req C13]", async (status) => {
    const { client, arrived } = await scripted([refusal(status)]);
    expect(outcomeOf(await rejection(create(client)))).toBe("unknown");
    expect(arrived).toHaveLength(1);
  });

  it("that never reached the server is repeated, and the error says that nothing happened", async () => {
    const waits: number[] = [];
    const client = createScimClient({
      baseUrl: await closedUrl(),
      auth: bearerToken("t"),
      sleep: async (ms) => void waits.push(ms),
    });
    const error = await rejection(client.users.create({ userName: "anna" }));
    expect(error).toMatchObject({ reason: "network", outcome: "not-sent", attempt: 4 });
    expect(waits).toHaveLength(3);
  });
});

describe("PUT, PATCH and DELETE", () => {
  it("are repeated after 429 and 503 [req C12]", async () => {
    const { client, arrived } = await scripted([refusal(429), refusal(503), respond(204)]);
    await client.users.patch("1", [{ op: "replace", path: "active", value: false }]);
    expect(arrived.map(({ method }) => method)).toEqual(["PATCH", "PATCH", "PATCH"]);
    expect(new Set(arrived.map(({ body }) => body)).size).toBe(1);
  });

  it.each<[string, Step]>([
    ["a cut connection", reset],
    ["500", refusal(500)],
  ])("are repeated after %s only if the caller says that it is safe", async (_, step) => {
    const never = await scripted([step, respond(204)]);
    await rejection(never.client.users.replace("1", { userName: "anna" }));
    expect(never.arrived).toHaveLength(1);
    const safe = await scripted([step, respond(204)]);
    expect(await safe.client.users.replace("1", { userName: "anna" }, { repeat: "safe" })).toBeUndefined();
    expect(safe.arrived).toHaveLength(2);
  });
});

describe("an abort", () => {
  it("before the request sends nothing", async () => {
    const { client, arrived } = await scripted([ok]);
    const error = await rejection(client.users.delete("1", { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ reason: "aborted", outcome: "not-sent" });
    expect(arrived).toHaveLength(0);
  });

  it("after the request was sent leaves the outcome unknown [req C11]", async () => {
    const aborter = new AbortController();
    const { client, arrived } = await scripted([() => aborter.abort()]);
    const error = await rejection(client.users.create({ userName: "anna" }, { signal: aborter.signal }));
    expect(error).toMatchObject({ reason: "aborted", outcome: "unknown" });
    expect(arrived).toHaveLength(1);
  });

  it("between two attempts ends them", async () => {
    const aborter = new AbortController();
    const { client, arrived } = await scripted([refusal(429)], { sleep: async () => aborter.abort() });
    const error = await rejection(client.groups.delete("1", { signal: aborter.signal }));
    expect(error).toMatchObject({ reason: "aborted", outcome: "not-sent" });
    expect(arrived).toHaveLength(1);
  });
});

describe("the outcome of a write", () => {
  it("follows from the error alone", () => {
    expect(outcomeOf(new ScimError("no", { status: 400 }))).toBe("refused");
    expect(outcomeOf(new ScimError("no", { status: 501 }))).toBe("refused");
    expect(outcomeOf(new TooManyRequestsError())).toBe("refused");
    expect(outcomeOf(new UnavailableError("later", { retryAfterMs: 1 }))).toBe("refused");
    expect(outcomeOf(new UnavailableError())).toBe("unknown");
    expect(outcomeOf(new ScimError("?", { status: 500 }))).toBe("unknown");
    expect(outcomeOf(new RangeError("?"))).toBe("unknown");
  });
});
