import { describe, expect, it } from "vitest";
import { UnauthorizedError } from "../../src/errors/request-errors.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ServerLimits } from "../../src/server/requests/limits.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import { BASE_URL, USER } from "../helpers/scim-app.ts";

const settled = (): Promise<void> => new Promise((resume) => setTimeout(resume, 0));

/** A handler whose storage works on writes until the test says that it is done with them. */
function heldUp(limits: Partial<ServerLimits>) {
  const { resources } = memoryStorage();
  const inserts: string[] = [];
  const held: (() => void)[] = [];
  const storage: ResourceStorage = {
    ...resources,
    insert: async (partition, resource) => {
      inserts.push(String(resource.attributes.userName));
      await new Promise<void>((resume) => held.push(resume));
      return resources.insert(partition, resource);
    },
  };
  const handler = createScimHandler({
    storage,
    baseUrl: BASE_URL,
    limits,
    authenticate: ({ headers }) => {
      const tenant = headers.get("authorization");
      if (tenant === null) throw new UnauthorizedError();
      return { id: tenant, tenant, rights: "write" };
    },
  });
  const send = (tenant: string, method: string, body?: object, signal?: AbortSignal): Promise<Response> =>
    handler(
      new Request(`${BASE_URL}/Users`, {
        method,
        headers: { authorization: tenant, "content-type": "application/scim+json" },
        body: JSON.stringify(body),
        signal: signal ?? null,
      }),
    );
  const create = (tenant: string, userName: string, signal?: AbortSignal): Promise<Response> =>
    send(tenant, "POST", { schemas: [USER], userName }, signal);
  const release = async (): Promise<void> => {
    for (let round = 0; round < 50; round += 1) {
      await settled();
      for (const resume of held.splice(0)) resume();
    }
  };
  return { inserts, send, create, release };
}

describe("the requests of one tenant", () => {
  it("are worked on up to maxConcurrentRequests at a time, while those of another tenant do not wait", async () => {
    const { inserts, send, create, release } = heldUp({ maxConcurrentRequests: 2 });
    const burst = Array.from({ length: 10 }, (_, n) => create("hostile", `user-${n}`));
    await expect.poll(() => inserts.length).toBe(2);
    await settled();
    expect([...inserts].sort()).toEqual(["user-0", "user-1"]);
    expect((await send("other", "GET")).status).toBe(200);
    await release();
    expect(new Set((await Promise.all(burst)).map(({ status }) => status))).toEqual(new Set([201]));
    expect(inserts).toHaveLength(10);
  });

  it("get 503 with Retry-After beyond maxWaitingRequests", async () => {
    const { inserts, create, release } = heldUp({ maxConcurrentRequests: 2, maxWaitingRequests: 3 });
    const burst = Array.from({ length: 10 }, (_, n) => create("hostile", `user-${n}`));
    await release();
    const responses = await Promise.all(burst);
    expect(responses.map(({ status }) => status)).toEqual([...Array(5).fill(201), ...Array(5).fill(503)]);
    expect(responses[9]?.headers.get("retry-after")).toBe("1");
    expect(await responses[9]?.json()).toMatchObject({ detail: "Too many requests of this tenant are waiting" });
    expect(inserts).toHaveLength(5);
  });

  it("are not done if their clients have gone before their turn", async () => {
    const { inserts, create, release } = heldUp({ maxConcurrentRequests: 1 });
    const first = create("hostile", "first");
    const gone = new AbortController();
    const leaving = [1, 2, 3].map((n) => create("hostile", `gone-${n}`, gone.signal));
    const last = create("hostile", "last");
    await settled();
    gone.abort();
    await release();
    expect((await Promise.all(leaving)).map(({ status }) => status)).toEqual([499, 499, 499]);
    expect([(await first).status, (await last).status]).toEqual([201, 201]);
    expect(inserts).toEqual(["first", "last"]);
  });
});
