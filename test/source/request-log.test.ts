import { describe, expect, it } from "vitest";
import { createUser, patch, STORAGES, USER } from "../helpers/scim-app.ts";
import { createSourceApp, sendTo, useSource } from "../helpers/source-app.ts";

describe.each(Object.keys(STORAGES))("the request log of a source over %s", (name) => {
  const scene = useSource(STORAGES[name]);

  it("shows a request with its form, its transforms and no values", async () => {
    const id = await createUser(scene.app, "ada");
    scene.clock.advance(1);
    const operation = { op: "Replace", path: 'emails[type eq "work"].value', value: "ada@app.example" };
    const response = await scene.app.send("PATCH", `/Users/${id}`, patch(operation), { "user-agent": "idp/1.0" });
    const [last] = await scene.app.source.requests({ take: 1 });
    expect(last).toMatchObject({
      requestId: response.headers.get("x-request-id"),
      method: "PATCH",
      route: "/Users/{id}",
      target: `/Users/${id}`,
      userAgent: "idp/1.0",
      status: response.status,
      body: { Operations: [{ op: "Replace", path: 'emails[type eq "…"].value', value: "string(15)" }] },
    });
    expect(last?.transforms).not.toHaveLength(0);
  });

  it("masks what a filter compares with, and says why a request was rejected", async () => {
    await scene.app.send("GET", '/Users?filter=userName eq "ada@app.example" and');
    const [last] = await scene.app.source.requests();
    expect(last).toMatchObject({ status: 400, scimType: "invalidFilter", target: '/Users?filter=userName eq "…" and' });
    expect(last?.detail).toBeTruthy();
  });

  it("keeps the latest 50 with entries: 50, and of strangers 25, who push out nobody", async () => {
    const small = await createSourceApp({
      storage: scene.storage,
      now: scene.clock.now,
      slug: "small",
      requestLog: { entries: 50 },
    });
    const send = async (token: string | undefined, count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        await sendTo(small.source, token, { method: "GET", path: "/Users" });
        scene.clock.advance(10);
      }
      await small.source.idle();
    };
    await send(small.token, 80);
    await send("wrong", 80);
    await send(undefined, 10);
    const requests = await small.source.requests({ take: 1000 });
    const served = requests.filter(({ status }) => status === 200);
    expect([served.length > 25, served.length <= 50, requests.length - served.length <= 25]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("never holds a token or a password, even when it keeps values", async () => {
    const open = await createSourceApp({
      storage: scene.storage,
      now: scene.clock.now,
      slug: "open",
      requestLog: { values: true },
    });
    await open.send("POST", "/Users", { schemas: [USER], userName: "ada", password: "secret-1" });
    const [last] = await open.source.requests();
    expect(last?.body).toMatchObject({ userName: "ada", password: "…" });
    expect(JSON.stringify(last)).not.toContain("secret-1");
    expect(JSON.stringify(last)).not.toContain(open.token.split("_")[2]);
  });

  it("of a body that is large shows the beginning", async () => {
    const emails = Array.from({ length: 2000 }, (_, index) => ({ value: `${index}@app.example` }));
    await scene.app.send("POST", "/Users", { schemas: [USER], userName: "ada", emails });
    const [last] = await scene.app.source.requests();
    expect(last?.body).toMatchObject({ userName: "string(3)" });
    expect(JSON.stringify(last).length).toBeLessThan(9000);
    expect(JSON.stringify(last)).toContain("… 1995 more");
  });
});

describe.each(Object.keys(STORAGES))("the stored request log of a source over %s", (name) => {
  const scene = useSource(STORAGES[name]);

  it("is read by another process", async () => {
    await scene.app.send("GET", "/Users");
    await scene.app.source.idle();
    const other = await createSourceApp({ storage: scene.storage, now: scene.clock.now });
    expect(await other.source.requests()).toHaveLength(1);
  });

  it("does not fail a request when it cannot be stored, and tries again after a minute", async () => {
    const { state } = scene.storage;
    let isBroken = true;
    const put: typeof state.put = (collection, ...rest) =>
      isBroken && collection === "source-requests"
        ? Promise.reject(new Error("disk full"))
        : state.put(collection, ...rest);
    const broken = await createSourceApp({
      storage: { ...scene.storage, state: { ...state, put } },
      now: scene.clock.now,
    });
    expect((await broken.send("GET", "/Users")).status).toBe(200);
    await broken.source.idle();
    expect(broken.events.filter(({ type }) => type === "source.error")).toHaveLength(1);
    isBroken = false;
    expect(await broken.source.requests()).toEqual([]);
    scene.clock.advance(60_000);
    expect(await broken.source.requests()).toHaveLength(1);
  });

  it("keeps nothing with requestLog: false", async () => {
    const off = await createSourceApp({ storage: scene.storage, now: scene.clock.now, slug: "off", requestLog: false });
    await off.send("GET", "/Users");
    expect(await off.source.requests()).toEqual([]);
  });
});
