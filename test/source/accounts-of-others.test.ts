import { UniquenessError } from "scimkit/errors";
import { memoryStorage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { createGroup, createUser, memberIds, patch, USER } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory } from "../helpers/source-app.ts";

/** An application that had an account before any identity provider came, which the source does not manage. */
class InhabitedDirectory extends RecordingDirectory {
  readonly own = { login: "ada", email: "ada@app.example" };

  override async saveUser(...call: Parameters<RecordingDirectory["saveUser"]>): Promise<undefined> {
    if (call[0].userName?.toLowerCase() === this.own.login) {
      throw new UniquenessError("There is an account of that name that is not managed from outside");
    }
    await super.saveUser(...call);
    return undefined;
  }
}

describe("an account that the source did not make", () => {
  it("[req 72, 76] is neither shown nor taken over, and the conflict says why", async () => {
    const directory = new InhabitedDirectory();
    const app = await createSourceApp({ storage: memoryStorage(), directory });
    const emails = [{ value: "attacker@elsewhere.example", primary: true }];
    const created = await app.send("POST", "/Users", { schemas: [USER], userName: "Ada", emails });
    expect([created.status, created.body.scimType]).toEqual([409, "uniqueness"]);
    expect(created.body.detail).toBe(
      "There is an account of that name that is not managed from outside. The value is taken outside of this source: no user or group of this source has it",
    );
    const id = await createUser(app, "eve");
    const renamed = await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "userName", value: "ada" }));
    expect([renamed.status, renamed.body.scimType]).toEqual([409, "uniqueness"]);
    expect(renamed.body.detail).toContain("taken outside of this source");
    const again = await app.send("POST", "/Users", { schemas: [USER], userName: "eve" });
    expect([again.status, again.body.scimType]).toEqual([409, "uniqueness"]);
    expect(again.body.detail, "a name within this source can be found here").not.toContain("outside");
    expect(directory.own).toEqual({ login: "ada", email: "ada@app.example" });
    expect([...directory.users.values()].map(({ userName }) => userName)).toEqual(["eve"]);
    for (const filter of ['userName eq "ada"', 'emails.value eq "ada@app.example"']) {
      const found = await app.send("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      expect(found.body.totalResults).toBe(0);
    }
    expect((await app.send("GET", `/Users/${id}`)).body.userName).toBe("eve");
  });
});

describe("a group that the source did not make", () => {
  it("is not taken over by a group of the same name, which is another group", async () => {
    const storage = memoryStorage();
    const [one, other] = [
      await createSourceApp({ storage, slug: "one" }),
      await createSourceApp({ storage, slug: "other", directory: new RecordingDirectory() }),
    ];
    const root = await createUser(one, "root");
    const admins = await createGroup(one, "admins", [root]);
    const made = [await createGroup(other, "admins"), await createGroup(other, "admins")];
    expect(new Set([admins, ...made]).size).toBe(3);
    await other.send("PATCH", `/Groups/${made[0]}`, patch({ op: "replace", path: "members", value: [] }));
    await other.send("DELETE", `/Groups/${made[1]}`);
    expect(await memberIds(one, admins)).toEqual([root]);
    expect((await other.send("DELETE", `/Groups/${admins}`)).status).toBe(404);
  });
});
