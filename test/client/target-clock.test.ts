import { describe, expect, it } from "vitest";
import { LIST, refusal, rejection, respond, type Step, scripted } from "./scripted-server.ts";

const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], id: "1", userName: "a" };
const ok = respond(200, user);

/** A clock that moves only while something waits. */
function time() {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
    now += ms;
  };
  const advance = (ms: number): void => {
    now += ms;
  };
  return { now: () => now, options: { now: () => now, sleep }, waits, advance };
}

describe("one clock for a service provider", () => {
  it("a pause that one response asks for holds back every request [req C12]", async () => {
    const clock = time();
    const { client, arrived } = await scripted([refusal(429, {}, { "retry-after": "10" }), ok], {
      ...clock.options,
      retry: { attempts: 1 },
    });
    expect(await rejection(client.users.get("1"))).toMatchObject({ status: 429, retryAfterMs: 10_000 });
    expect(client.pausedUntil).toEqual(new Date(clock.now() + 10_000));
    await Promise.all([client.users.get("1"), client.groups.get("1")]);
    expect(clock.waits[0]).toBe(10_000);
    expect([arrived.length, client.pausedUntil]).toEqual([3, undefined]);
  });
  it("a pause that is longer than a request waits is thrown to all, without a request [req C12]", async () => {
    const clock = time();
    const { client, arrived } = await scripted([refusal(503, {}, { "retry-after": "120" }), ok], clock.options);
    await rejection(client.users.get("1"));
    for (let count = 0; count < 5; count += 1) {
      const error = await rejection(client.users.create({ userName: "a" }));
      expect(error).toMatchObject({ reason: "paused", outcome: "not-sent", retryAfterMs: 120_000 });
    }
    expect(arrived).toHaveLength(1);
    clock.advance(120_000);
    expect(await client.users.get("1")).toMatchObject({ userName: "a" });
  });
  it.each<[string, Record<string, string>, boolean]>([
    ["with Retry-After", { "retry-after": "5" }, true],
    ["with a limit that is used up", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225605" }, true],
    ["with a limit that is used up, in seconds", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "5" }, true],
    [
      "with a reset alone, as GitHub sends it always",
      { "x-ratelimit-remaining": "4000", "x-ratelimit-reset": "1767225605" },
      false,
    ],
    ["without either", {}, false],
  ])("a 403 %s", async (_, headers, isPause) => {
    const clock = time();
    const { client } = await scripted([refusal(403, {}, headers), ok], clock.options);
    await rejection(client.users.get("1"));
    expect(client.pausedUntil).toEqual(isPause ? new Date("2026-01-01T00:00:05Z") : undefined);
  });
  it("a pause is an hour at most, and a clock that is set back does not make it longer", async () => {
    const clock = time();
    const { client } = await scripted([refusal(429, {}, { "retry-after": "999999" }), ok], clock.options);
    await rejection(client.users.get("1"));
    expect(client.pausedUntil).toEqual(new Date(clock.now() + 3_600_000));
    clock.advance(-86_400_000);
    expect(client.pausedUntil).toBeUndefined();
  });
  it("repetitions are bounded over all requests, so that a target that is down is not hammered [req C12]", async () => {
    const clock = time();
    const { client, arrived } = await scripted([refusal(500)], { ...clock.options, retry: { attempts: 4 } });
    for (let count = 0; count < 50; count += 1) await rejection(client.users.get("1"));
    expect(arrived).toHaveLength(50 + 20);
  });
});

describe("requests in a second", () => {
  /** Accepts 20 requests in each second, and 429 for the others. */
  function limited(now: () => number): { step: Step; refused: () => number } {
    const seen = new Map<number, number>();
    let refused = 0;
    const step: Step = (res, arrived) => {
      const second = Math.floor(now() / 1000);
      const count = (seen.get(second) ?? 0) + 1;
      seen.set(second, count);
      if (count <= 20) return respond(200, { schemas: [LIST], totalResults: 0 })(res, arrived);
      refused += 1;
      return refusal(429, {}, { "retry-after": "1" })(res, arrived);
    };
    return { step, refused: () => refused };
  }

  it("are spread evenly, so that a limit is used and hardly ever exceeded [req C15]", async () => {
    const clock = time();
    const server = limited(clock.now);
    const { client } = await scripted([server.step], { ...clock.options, requestsPerSecond: 20 });
    const from = clock.now();
    for (let count = 0; count < 400; count += 1) await client.users.find({ attribute: "userName", value: "a" });
    const seconds = (clock.now() - from) / 1000;
    expect(400 / seconds).toBeGreaterThan(19);
    expect(server.refused()).toBeLessThanOrEqual(4);
  });
  it("become fewer after a 429, and recover [req C15]", async () => {
    const clock = time();
    const steps = [...Array.from({ length: 3 }, () => refusal(429, {}, { "retry-after": "0" })), ok];
    const { client } = await scripted(steps, { ...clock.options, requestsPerSecond: 10 });
    await client.users.get("1");
    clock.waits.length = 0;
    await client.users.get("1");
    const slow = clock.waits.at(-1) ?? 0;
    for (let count = 0; count < 60; count += 1) await client.users.get("1");
    expect(slow).toBeGreaterThan(300);
    expect(clock.waits.at(-1)).toBe(100);
  });
});
