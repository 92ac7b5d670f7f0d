import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { withTransforms } from "../../src/dialects/dialect.ts";
import { createApp, createUser, patch, USER } from "../helpers/scim-app.ts";

const quirky = [
  ['emails[type eq "work"].value eq "a@x.example"', "value-path-comparison"],
  ["userName eq a", "bare-values"],
  ["userName eq 'a'", "single-quotes"],
  ["active eq True", "capital-booleans"],
  ['not userName eq "b"', "not-without-parentheses"],
  ['active eq "True"', "quoted-booleans"],
  ["externalId eq 42", "unquoted-numbers"],
] as const;

describe("the dialect of filters", () => {
  it.each(quirky)("[req 110, 114] understands %s and names the quirk %s", async (filter, name) => {
    const user = { active: true, externalId: "42", emails: [{ type: "work", value: "a@x.example" }] };
    const app = createApp();
    await createUser(app, "a", user);
    const found = await app.send("GET", `/Users?filter=${encodeURIComponent(filter)}`);
    expect([found.status, found.body.totalResults], found.text).toEqual([200, 1]);
    expect(app.events).toContainEqual(expect.objectContaining({ type: "server.dialect", transforms: [name] }));
  });

  it.each(quirky)("refuses %s under strict, and where %s is switched off", async (filter, name) => {
    for (const dialect of ["strict", withTransforms(compatible, { off: [name, "bare-values"] })] as const) {
      const answer = await createApp({ dialect }).send("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidFilter"]);
    }
  });
});

describe("the dialect of bodies", () => {
  it("[req 62] drops an unknown attribute and says so, and refuses it under strict", async () => {
    const body = { schemas: [USER], userName: "a", favouriteColour: "blue" };
    const app = createApp();
    expect((await app.send("POST", "/Users", body)).body).not.toHaveProperty("favouriteColour");
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: "server.dialect", transforms: ["drop-unknown-attributes"] }),
    );
    const strict = await createApp({ dialect: "strict" }).send("POST", "/Users", body);
    expect([strict.status, strict.body.scimType]).toEqual([400, "invalidSyntax"]);
  });

  it("says nothing of a request without a vendor's mark", async () => {
    const app = createApp();
    const id = await createUser(app, "a");
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "t" }));
    expect(app.events.filter((event) => event.type === "server.dialect")).toEqual([]);
  });
});
