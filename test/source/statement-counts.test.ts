import type { Storage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createUser, patch, USER } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory, type SourceApp } from "../helpers/source-app.ts";
import { sqliteStatementsOf } from "../helpers/sqlite-statements.ts";

/** The first word of each statement. */
const verbs = async (use: () => Promise<unknown>): Promise<string[]> =>
  (await sqliteStatementsOf(use)).map((text) => (text.match(/\w+/)?.[0] ?? "").toUpperCase());

describe("a source with a directory asks SQLite", () => {
  let storage: Storage;
  let app: SourceApp;
  beforeEach(async () => {
    storage = sqliteStorage(":memory:");
    app = await createSourceApp({ storage, directory: new RecordingDirectory() });
    // The first use of the token in a minute is recorded.
    await app.send("GET", "/Users");
    await app.source.idle();
  });
  afterEach(() => storage.close());

  it("for at most 15 statements for a new user, and inserts it once", async () => {
    const user = { schemas: [USER], userName: "ada", externalId: "1", emails: [{ value: "ada@app.example" }] };
    expect(await verbs(() => app.send("POST", "/Users", user))).toEqual([
      // The token, and the intents that reserve the user name.
      ...["SELECT", "SELECT"],
      // Whether the user name is free, and the intent.
      ...["BEGIN", "SELECT", "INSERT", "COMMIT"],
      // The intent is replaced by the resource, its unique value, its indexed values and the record of the change.
      ...["BEGIN", "DELETE", "SAVEPOINT", "INSERT", "INSERT", "INSERT", "INSERT", "COMMIT"],
    ]);
  });

  it("for at most 18 statements for a user who is deactivated, two of them for the guard", async () => {
    const id = await createUser(app, "ada");
    const change = patch({ op: "replace", path: "active", value: false });
    expect((await verbs(() => app.send("PATCH", `/Users/${id}`, change))).length).toBeLessThanOrEqual(18);
  });
});
