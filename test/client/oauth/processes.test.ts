import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OAuthRefreshTokenOptions, oauthRefreshToken } from "../../../src/entries/client.ts";
import type { ScimEvent } from "../../../src/observe/events.ts";
import { memoryStorage } from "../../../src/storage/memory/storage.ts";
import { sqliteStorage } from "../../../src/storage/sqlite/storage.ts";
import type { StateStorage } from "../../../src/storage/state-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";

const keys = [{ id: "1", key: new Uint8Array(32).fill(7) }];
const request = { method: "GET", url: "https://app.example/Users" };

/** A token endpoint that replaces the refresh token each time, and ends the authorization if an old one comes again. */
function rotatingServer() {
  const state = { valid: "refresh-0", count: 0, isEnded: false };
  const fetch = async (sent: Request): Promise<Response> => {
    const token = (await sent.formData()).get("refresh_token");
    if (state.isEnded || token !== state.valid) {
      state.isEnded = true;
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    state.count += 1;
    state.valid = `refresh-${state.count}`;
    return Response.json({ access_token: `access-${state.count}`, expires_in: 100, refresh_token: state.valid });
  };
  return { state, fetch };
}

function credentials(options: Partial<OAuthRefreshTokenOptions> & { storage: Storage }) {
  const tokenUrl = "https://login.example/token";
  return oauthRefreshToken({ tokenUrl, clientId: "app", refreshToken: "refresh-0", keys, ...options });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-oauth-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A storage whose writes of tokens fail as long as `isBroken`. */
function breakable(): { storage: Storage; fault: { isBroken: boolean } } {
  const storage = memoryStorage();
  const fault = { isBroken: false };
  const state: StateStorage = {
    ...storage.state,
    get: (collection, wanted) => storage.state.get(collection, wanted),
    put: async (collection, ...rest) => {
      if (fault.isBroken && collection === "client-tokens") throw new TypeError("disk full");
      return storage.state.put(collection, ...rest);
    },
    delete: (...args) => storage.state.delete(...args),
    scan: (...args) => storage.state.scan(...args),
    due: (...args) => storage.state.due(...args),
  };
  return { storage: { ...storage, state } as Storage, fault };
}

describe("tokens of several processes", () => {
  it("[req C10] are renewed by one of them, which the others wait for", async () => {
    const server = rotatingServer();
    const file = join(folder, "tokens.sqlite");
    let time = 1_000_000;
    const processes = Array.from({ length: 4 }, () =>
      credentials({ storage: sqliteStorage({ file }), fetch: server.fetch, now: () => time }),
    );
    for (let round = 1; round <= 3; round += 1) {
      const headers = await Promise.all(
        processes.flatMap((auth) => [auth.authorize(request), auth.authorize(request)]),
      );
      expect(new Set(headers.map(({ Authorization }) => Authorization))).toEqual(new Set([`Bearer access-${round}`]));
      expect(server.state).toMatchObject({ count: round, isEnded: false });
      time += 100_000;
    }
  });
  it("are taken over from a process that died while it renewed them", async () => {
    const server = rotatingServer();
    const storage = memoryStorage();
    let time = 1_000_000;
    const now = (): number => time;
    const dying = credentials({ storage, now, fetch: () => new Promise<Response>(() => {}) });
    dying.authorize(request).catch(() => undefined);
    await new Promise((resume) => setTimeout(resume, 20));
    const sleep = async (ms: number): Promise<void> => {
      time += ms;
    };
    const next = credentials({ storage, now, sleep, fetch: server.fetch });
    expect(await next.authorize(request)).toEqual({ Authorization: "Bearer access-1" });
    expect(time - 1_000_000).toBeLessThanOrEqual(46_000);
  });
});

describe("tokens that cannot be stored", () => {
  it("are used by the process that has them, and stored as soon as it is possible", async () => {
    const server = rotatingServer();
    const { storage, fault } = breakable();
    const events: ScimEvent[] = [];
    let time = 1_000_000;
    const options = {
      storage,
      fetch: server.fetch,
      now: () => time,
      observe: (event: ScimEvent) => void events.push(event),
    };
    const auth = credentials(options);
    await auth.authorize(request);
    time += 100_000;
    fault.isBroken = true;
    expect(await auth.authorize(request)).toEqual({ Authorization: "Bearer access-2" });
    expect(await auth.authorize(request)).toEqual({ Authorization: "Bearer access-2" });
    expect(events.map((event) => event.type === "client.tokens" && event.outcome)).toEqual([
      "renewed",
      "renewed",
      "unsaved",
    ]);
    fault.isBroken = false;
    time += 6000;
    await auth.authorize(request);
    time += 100_000;
    expect(await credentials(options).authorize(request)).toEqual({ Authorization: "Bearer access-3" });
    expect(server.state).toMatchObject({ count: 3, isEnded: false });
  });
  it("are lost with the process, which the next one says", async () => {
    const server = rotatingServer();
    const { storage, fault } = breakable();
    let time = 1_000_000;
    const options = { storage, fetch: server.fetch, now: () => time };
    const first = credentials(options);
    await first.authorize(request);
    time += 100_000;
    fault.isBroken = true;
    await first.authorize(request);
    fault.isBroken = false;
    time += 100_000;
    const next = credentials(options);
    await expect(next.authorize(request)).rejects.toMatchObject({ error: "invalid_grant", isTemporary: false });
    expect(await next.status()).toMatchObject({ state: "failed", problem: expect.stringContaining("authorize again") });
    // An operator puts a new refresh token into the options.
    Object.assign(server.state, { isEnded: false, valid: "new-refresh" });
    expect(await credentials({ ...options, refreshToken: "new-refresh" }).authorize(request)).toEqual({
      Authorization: "Bearer access-3",
    });
  });
});
