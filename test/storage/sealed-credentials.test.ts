import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SealError } from "../../src/crypto/seal-error.ts";
import { createSource } from "../../src/source/create-source.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import { sealedCredentials } from "../../src/storage/state/sealed-credentials.ts";
import type { StateStorage } from "../../src/storage/state-storage.ts";

const key = (id: string) => ({ id, key: randomBytes(32).toString("base64") });
const [old, current] = [key("old"), key("current")];
const tokens = { accessToken: "xoxb-very-secret", refreshToken: "r-even-more", scopes: ["a", "b"] };

/** Everything that a state storage holds of a collection, as text. */
async function stored(state: StateStorage, collection = "credentials"): Promise<string> {
  return JSON.stringify(await state.scan(collection, { take: 1000 }));
}

async function refusal(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SealError);
  return error as SealError;
}

describe("sealed credentials", () => {
  it("are returned as they were put, and are stored encrypted, only names in clear", async () => {
    const { state } = memoryStorage();
    const credentials = sealedCredentials(state, { keys: [current] });
    const put = await credentials.put("slack", tokens);
    expect(await credentials.get("slack")).toEqual({ name: "slack", value: tokens, version: put.version });
    expect(await credentials.get("nobody")).toBeUndefined();
    await credentials.put("aws", { token: "t" });
    expect(await credentials.names({ take: 9 })).toEqual(["aws", "slack"]);
    expect(await credentials.names({ take: 1, after: "aws" })).toEqual(["slack"]);
    const text = await stored(state);
    for (const secret of ["xoxb", "r-even-more", "accessToken", "scopes"]) expect(text).not.toContain(secret);
    expect(await credentials.delete("slack")).toBe(true);
    expect(await credentials.get("slack")).toBeUndefined();
  });

  it("let one of two processes that refresh the same tokens win", async () => {
    const { state } = memoryStorage();
    const [one, two] = [1, 2].map(() => sealedCredentials(state, { keys: [current] }));
    const first = await one?.put("slack", { n: 1 }, { expected: null });
    const attempts = [one, two].map((process, n) => process?.put("slack", { n }, { expected: first?.version ?? "" }));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ status: 412 });
    await expect(two?.put("slack", {}, { expected: null })).rejects.toMatchObject({ status: 412 });
  });

  it("cannot be moved to another name or collection, nor changed", async () => {
    const { state } = memoryStorage();
    const credentials = sealedCredentials(state, { keys: [current] });
    await credentials.put("slack", tokens);
    await credentials.put("aws", { token: "t" });
    const [aws, slack] = await state.scan("credentials", { take: 2 });
    const sealed = String(slack?.value.sealed);
    const write = (collection: string, key: string | undefined, value: object) =>
      state.put(collection, key ?? "", { ...value }, { expected: undefined });
    await write("credentials", aws?.key, { sealed });
    await write("elsewhere", slack?.key, { sealed });
    await write("credentials", slack?.key, { sealed: `${sealed.slice(0, -4)}AAAA` });
    await write("credentials", slack?.key.replace("slack", "none"), { clear: tokens });
    const elsewhere = sealedCredentials(state, { keys: [current], collection: "elsewhere" });
    const attempts = [
      () => credentials.get("aws"),
      () => credentials.get("slack"),
      () => credentials.get("none"),
      () => elsewhere.get("slack"),
    ];
    for (const attempt of attempts) {
      const error = await refusal(attempt());
      expect(error).toMatchObject({ status: 500, reason: "not-authentic" });
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/xoxb|r-even|slack/);
    }
  });

  it("say clearly that a key is missing or another, and show no secret", async () => {
    const { state } = memoryStorage();
    await sealedCredentials(state, { keys: [old] }).put("slack", tokens);
    const missing = await refusal(sealedCredentials(state, { keys: [current] }).get("slack"));
    expect(missing.message).toContain("is not one of the given keys");
    const wrong = await refusal(sealedCredentials(state, { keys: [key("old")] }).get("slack"));
    expect(wrong.message).toContain("another key of the same id");
    for (const error of [missing, wrong]) expect(error.message).not.toMatch(/xoxb|slack/);
    expect(() => sealedCredentials(state, { keys: [] })).toThrow(TypeError);
  });

  it("reject what is not JSON data without showing it", async () => {
    const credentials = sealedCredentials(memoryStorage().state, { keys: [current] });
    const ring: Record<string, unknown> = { secret: "xoxb" };
    ring.ring = ring;
    for (const value of [ring, { n: 1n }, "xoxb", ["xoxb"], null, new Date(0), { toJSON: () => undefined }]) {
      const work = credentials.put("slack", value as never);
      await expect(work).rejects.toThrow(TypeError);
      await expect(work).rejects.not.toThrow(/xoxb/);
    }
    expect(await credentials.names({ take: 9 })).toEqual([]);
  });
});

describe("sealed credentials, when keys are rotated or within a transaction,", () => {
  it("are sealed again with the first key by rotate, which returns what it could not open", async () => {
    const { state } = memoryStorage();
    const before = sealedCredentials(state, { keys: [old] });
    const names = Array.from({ length: 250 }, (_, n) => `app-${String(n).padStart(3, "0")}`);
    for (const name of names) await before.put(name, { name });
    const between = sealedCredentials(state, { keys: [current, old] });
    await between.put("app-000", { name: "app-000" });
    await sealedCredentials(state, { keys: [key("lost")] }).put("app-100", {});
    expect(await between.rotate()).toEqual({ resealed: 248, unreadable: ["app-100"] });
    expect(await between.rotate()).toEqual({ resealed: 0, unreadable: ["app-100"] });
    const after = sealedCredentials(state, { keys: [current] });
    for (const name of names) if (name !== "app-100") expect((await after.get(name))?.value).toEqual({ name });
    expect(await refusal(before.get("app-000"))).toMatchObject({ reason: "unknown-key" });
  });

  it("lose nothing that another process writes or deletes while they are rotated", async () => {
    const { state } = memoryStorage();
    const other = sealedCredentials(state, { keys: [old] });
    for (const name of ["a", "b", "c"]) await other.put(name, { n: 1 });
    let writes = 0;
    const disturbed: StateStorage = {
      ...state,
      put: async (collection, name, value, options) => {
        writes += 1;
        if (writes === 1) await other.put("a", { n: 2 });
        if (writes === 3) await other.delete("b");
        return state.put(collection, name, value, options);
      },
    };
    const rotating = sealedCredentials(disturbed, { keys: [current, old] });
    expect(await rotating.rotate()).toEqual({ resealed: 2, unreadable: [] });
    const after = sealedCredentials(state, { keys: [current] });
    expect((await after.get("a"))?.value).toEqual({ n: 2 });
    expect(await after.names({ take: 9 })).toEqual(["a", "c"]);
  });

  it("take part in a transaction", async () => {
    const storage = memoryStorage();
    const work = storage.transaction(async (tx) => {
      await sealedCredentials(tx.state, { keys: [current] }).put("slack", tokens);
      throw new TypeError("on purpose");
    });
    await expect(work).rejects.toThrow("on purpose");
    expect(await sealedCredentials(storage.state, { keys: [current] }).get("slack")).toBeUndefined();
  });
});

describe("the files of a database", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "scimkit-secrets-"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it("hold no token that was issued and no credentials, neither while the storage is open nor after", async () => {
    const storage = sqliteStorage(join(directory, "secrets.db"));
    const source = createSource({ slug: "entra", baseUrl: "https://app.example", storage });
    const { id, token } = await source.tokens.issue({ name: "Entra ID" });
    const headers = { Authorization: `Bearer ${token}` };
    const users = "https://app.example/source/scim/entra/v2/Users";
    expect((await source.fetch(new Request(users, { headers }))).status).toBe(200);
    await sealedCredentials(storage.state, { keys: [current] }).put("slack", tokens);
    const secret = token.slice(-43);
    const look = async () => {
      const names = await readdir(directory);
      const content = Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
      expect(content.includes(id)).toBe(true);
      for (const text of [token, secret, tokens.accessToken, tokens.refreshToken, current.key]) {
        expect(content.includes(text)).toBe(false);
        expect(content.includes(Buffer.from(text).toString("base64").replaceAll("=", ""))).toBe(false);
      }
    };
    await look();
    expect(await source.tokens.revoke(id)).toBe(true);
    await look();
    await storage.close();
    await look();
  });
});
