import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { AccountsOfApplication, createAdoptingApp } from "../../helpers/adopting-app.ts";
import { patch } from "../../helpers/scim-app.ts";
import { createTestClock } from "../../helpers/source-app.ts";

const ada = { login: "ada", email: "ada@acme.example", employeeNumber: "E42" };
const incoming = { userName: "ada.lovelace@acme.example", employeeNumber: "E42", title: "Countess" };
const set = (path: string, value: unknown): object => patch({ op: "replace", path, value });

async function openScene(delivery: "joined" | "sync" | "outbox", options: object = {}) {
  const directory = new AccountsOfApplication().add("u1", ada);
  const storage = sqliteStorage(":memory:");
  return createAdoptingApp(directory, { storage, delivery, ...options });
}

describe.each(["joined", "sync", "outbox"] as const)("an adopted account, with the delivery %s", (delivery) => {
  it("becomes that of the new user, which the directory hears with the account before", async () => {
    const { post, directory, source, events } = await openScene(delivery);
    const emails = [{ value: "new@acme.example", primary: true }];
    const { status, body } = await post({ ...incoming, emails });
    await source.idle();
    expect([status, body.userName]).toEqual([201, "ada.lovelace@acme.example"]);
    expect([...directory.accounts]).toEqual([
      ["u1", expect.objectContaining({ login: "ada", email: "ada@acme.example", title: "Countess", scimId: body.id })],
    ]);
    const [call] = directory.calls;
    expect(call?.context).toMatchObject({
      ...{ event: "adopted", action: "update", applicationId: "u1", password: undefined },
      before: { id: body.id, userName: "ada", emails: [{ value: "ada@acme.example" }] },
    });
    expect(call?.context.changed).not.toContain("userName");
    expect(call?.context.changed).toContain("title");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "source.adopted", id: body.id, applicationId: "u1", by: "employeeNumber" }),
    );
  });

  it("keeps its name, e-mails and password, until the identity provider changes them [req 76]", async () => {
    const { send, post, directory, source } = await openScene(delivery, {
      passwords: "deliver",
      passwordKeys: [{ id: "k", key: new Uint8Array(32) }],
    });
    const { body } = await post({ ...incoming, password: "taken over" });
    const shown = () => {
      const { login, email, title, password } = directory.accounts.get("u1") ?? {};
      return [login, email, title, password];
    };
    const shownAfter = async (path: string, value: unknown): Promise<unknown> => {
      await send("PATCH", `/Users/${body.id}`, set(path, value));
      await source.idle();
      return shown();
    };
    await source.idle();
    expect(shown()).toEqual(["ada", "ada@acme.example", "Countess", "secret"]);
    expect(await shownAfter("title", "Lady")).toEqual(["ada", "ada@acme.example", "Lady", "secret"]);
    expect(await shownAfter("password", "new")).toEqual(["ada", "ada@acme.example", "Lady", "new"]);
    expect(await shownAfter("userName", "ada.king")).toEqual(["ada.king", "ada@acme.example", "Lady", "new"]);
    const again = await shownAfter("userName", incoming.userName);
    expect(again).toEqual([incoming.userName, "ada@acme.example", "Lady", "new"]);
    const emails = [{ value: "ada.king@acme.example", primary: true }];
    expect(await shownAfter("emails", emails)).toEqual([incoming.userName, "ada.king@acme.example", "Lady", "new"]);
  });

  it("is shown in changes, requests and later calls", async () => {
    const clock = createTestClock();
    const { send, post, directory, source } = await openScene(delivery, { now: clock.now });
    const { body } = await post(incoming);
    await send("PATCH", `/Users/${body.id}`, set("title", "Lady"));
    await source.idle();
    expect(directory.calls.map(({ context }) => [context.event, context.applicationId])).toEqual([
      ["adopted", "u1"],
      ["updated", "u1"],
    ]);
    clock.advance(60_000);
    const { changes } = await source.changes();
    const adopted = { applicationId: "u1", by: "employeeNumber" };
    expect(changes.map((change) => change.adopted)).toEqual([adopted, undefined]);
    expect((await source.requests()).map((request) => request.adopted)).toContainEqual(["u1"]);
  });
});

describe.each(["joined", "sync", "outbox"] as const)("later, an adopted account, with the delivery %s", (delivery) => {
  it("is deactivated and not deleted by a DELETE, unless the application says otherwise", async () => {
    const results: unknown[] = [];
    for (const options of [
      {},
      { adopt: { removal: "unlink" } },
      { adopt: { removal: "remove" } },
      { removal: "unlink" },
    ]) {
      const { send, post, directory, source } = await openScene(delivery, options);
      const { body } = await post(incoming);
      const other = await post({ userName: "bob" });
      for (const each of [body, other.body]) await send("DELETE", `/Users/${each.id}`);
      await source.idle();
      results.push([...directory.accounts].map(([id, { active, login }]) => [id, login, active]));
    }
    const bob = ["made 1", "bob", true];
    expect(results).toEqual([[["u1", "ada", false]], [["u1", "ada", true]], [], [["u1", "ada", true], bob]]);
  });

  it("can report a change of its own, which is not undone by the next change", async () => {
    const { send, post, directory, source } = await openScene(delivery);
    const { body } = await post(incoming);
    await source.idle();
    await source.reportChange({
      type: "user.changed",
      applicationId: "u1",
      attributes: { userName: incoming.userName },
    });
    await send("PATCH", `/Users/${body.id}`, set("title", "Lady"));
    await source.idle();
    expect(directory.accounts.get("u1")?.login).toBe(incoming.userName);
  });

  it("can be adopted again after it was unlinked, and comes back under the old id with restore", async () => {
    const unlinked = await openScene(delivery, { adopt: { removal: "unlink" } });
    const restored = await openScene(delivery, { recreate: "restore" });
    const results: unknown[] = [];
    for (const { send, post, directory, source } of [unlinked, restored]) {
      const { body } = await post({ ...incoming, externalId: "x" });
      await send("DELETE", `/Users/${body.id}`);
      await source.idle();
      const again = await post({ ...incoming, externalId: "x" });
      await source.idle();
      const { event, applicationId } = directory.calls.at(-1)?.context ?? {};
      results.push([again.status, again.body.id === body.id, event, applicationId, directory.accounts.size]);
    }
    expect(results).toEqual([
      [201, false, "adopted", "u1", 1],
      [201, true, "reactivated", "u1", 1],
    ]);
  });
});
