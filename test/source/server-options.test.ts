import { createScimHandler, createSource, memoryStorage, type SourceOptions } from "scimkit";
import { ForbiddenError } from "scimkit/errors";
import type { ServerOptions } from "scimkit/server";
import { describe, expect, expectTypeOf, it } from "vitest";
import { serverOptionsShape } from "../../src/server/requests/server-options.ts";
import { createUser, patch } from "../helpers/scim-app.ts";
import { createSourceApp } from "../helpers/source-app.ts";

const baseUrl = "https://app.example";

describe("options of the server", () => {
  it("are all options of a source too", () => {
    expectTypeOf<SourceOptions>().toExtend<ServerOptions>();
    expectTypeOf<keyof typeof serverOptionsShape>().toEqualTypeOf<keyof ServerOptions>();
  });

  it.each(Object.keys(serverOptionsShape))("are read by handlers and sources alike: %s", (name) => {
    const wrong = { [name]: Symbol("no option takes a symbol") };
    const [storage, authenticate] = [memoryStorage(), () => ({ id: "a", tenant: "t", rights: "read" })];
    const handler = { storage, authenticate, baseUrl, ...wrong };
    expect(() => createScimHandler(handler as never)).toThrow(new RegExp(`^createScimHandler: ${name}: `));
    const source = { slug: "people", storage, baseUrl, ...wrong };
    expect(() => createSource(source as never)).toThrow(new RegExp(`^createSource: ${name}: `));
  });

  it("reach the server of a source", async () => {
    const app = await createSourceApp({
      storage: memoryStorage(),
      requireIfMatch: true,
      documentationUri: "https://docs.example",
      hooks: {
        beforeWrite: ({ after }) => {
          if (after?.userName === "root") throw new ForbiddenError("A reserved name");
        },
      },
    });
    expect((await app.send("GET", "/ServiceProviderConfig")).body.documentationUri).toBe("https://docs.example");
    const id = await createUser(app, "a");
    const rename = patch({ op: "replace", path: "userName", value: "root" });
    expect((await app.send("PATCH", `/Users/${id}`, rename)).status).toBe(428);
    expect((await app.send("PATCH", `/Users/${id}`, rename, { "if-match": "*" })).status).toBe(403);
  });
});
