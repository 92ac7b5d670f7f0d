import { memoryStorage } from "scimkit";
import { beforeEach, describe, expect, it } from "vitest";
import { patch, USER } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory, type SourceApp } from "../helpers/source-app.ts";

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const work = (value: string): object => ({ value, type: "work" });
const user = (userName: string, more: object = {}): object => ({ schemas: [USER], userName, ...more });

/** What an attacker with a token of customer.example tries: a new user with somebody else's address. */
const CREATES: readonly (readonly [attack: string, body: object])[] = [
  ["a user name of another domain", user("ada@victim.example")],
  ["a user name of a subdomain", user("ada@mail.customer.example")],
  ["a user name of the domain above", user("ada@example")],
  ["a domain that ends like ours", user("ada@evilcustomer.example")],
  ["a domain that begins with ours", user("ada@customer.example.evil.example")],
  ["our domain before the last @", user("ada@customer.example@victim.example")],
  ["our domain in the local part", user('"ada@customer.example"@victim.example')],
  ["our domain in a comment", user("ada@victim.example(@customer.example)")],
  ["our domain after a line break", user("ada@victim.example\n@customer.example\n.evil.example")],
  ["a homograph in Cyrillic", user("ada@сustomer.example")],
  ["a homograph with a zero width joiner", user("ada@customer\u200d.example")],
  ["a full-width @", user("ada＠victim.example")],
  ["a small @", user("ada﹫victim.example")],
  ["an IDN that is not ours", user("ada@xn--ustomer-g4b.example")],
  ["spaces around a foreign address", user("  ada@victim.example  ")],
  ["an address with a path", user("ada@customer.example/@victim.example")],
  ["a domain with a port", user("ada@customer.example:25")],
  ["an address literal", user("ada@[192.0.2.1]")],
  ["a foreign work e-mail", user("ada", { emails: [work("ada@victim.example")] })],
  ["a foreign work e-mail in capitals", user("ada", { emails: [{ value: "ADA@VICTIM.EXAMPLE", type: "WORK" }] })],
  ["a foreign primary e-mail", user("ada", { emails: [{ value: "ada@victim.example", type: "home", primary: true }] })],
  ["a foreign only e-mail without a type", user("ada", { emails: [{ value: "ada@victim.example" }] })],
  [
    "a foreign work e-mail behind a good one",
    user("ada", { emails: [work("a@customer.example"), work("a@victim.example")] }),
  ],
  ["a plus address of another domain", user("ada+customer.example@victim.example")],
  ["an e-mail without a domain", user("ada", { emails: [work("ada")] })],
  ["a guest of another tenant", user("ada_customer.example#EXT#@victim.example")],
];

const ALLOWED: readonly (readonly [what: string, body: object])[] = [
  ["a user name that is no address", user("ada")],
  ["an address of the domain", user("ada@customer.example", { emails: [work("ada@customer.example")] })],
  ["the domain in capitals and with a dot", user("ada@Customer.EXAMPLE.")],
  ["a plus address", user("ada+x@customer.example")],
  ["a guest of the tenant", user("bob_other.example#EXT#@customer.example")],
  ["an IDN in either form", user("ada@müller.example", { emails: [work("ada@xn--mller-kva.example")] })],
  [
    "a private address beside the work one",
    user("ada", { emails: [work("a@customer.example"), { value: "a@home.example", type: "home" }] }),
  ],
];

describe("a source with domains", () => {
  let app: SourceApp;
  let directory: RecordingDirectory;
  beforeEach(async () => {
    directory = new RecordingDirectory();
    const domains = ["customer.example", "müller.example"];
    app = await createSourceApp({ storage: memoryStorage(), directory, domains });
  });

  it.each(CREATES)("refuses %s, in a POST, a PUT and a bulk request [req 76]", async (_, body) => {
    const posted = await app.send("POST", "/Users", body);
    expect([posted.status, posted.body.scimType], posted.text).toEqual([400, "invalidValue"]);
    expect(posted.body.detail).toMatch(/^(?:userName|emails): its domain is not one of this source$/);
    const { body: innocent } = await app.send("POST", "/Users", user("innocent"));
    expect((await app.send("PUT", `/Users/${innocent.id}`, body)).status).toBe(400);
    const Operations = [{ method: "POST", path: "/Users", bulkId: "a", data: body }];
    const bulk = await app.send("POST", "/Bulk", { schemas: [BULK], Operations });
    expect((bulk.body.Operations as { status: string }[])[0]?.status).toBe("400");
    expect([...directory.users.values()].map(({ userName }) => userName)).toEqual(["innocent"]);
  });

  it.each(ALLOWED)("accepts %s", async (_, body) => {
    const response = await app.send("POST", "/Users", body);
    expect(response.status, response.text).toBe(201);
  });

  it.each([
    ["a change of the user name", { op: "replace", path: "userName", value: "ada@victim.example" }],
    ["a pathless change", { op: "replace", value: { userName: "ada@victim.example" } }],
    [
      "a change of the e-mail by a filter",
      { op: "replace", path: 'emails[type eq "work"].value', value: "ada@victim.example" },
    ],
    ["a second work e-mail", { op: "add", path: "emails", value: [{ value: "ada@victim.example", type: "work" }] }],
    [
      "a private e-mail that becomes the primary one",
      { op: "replace", path: 'emails[type eq "home"].primary', value: true },
    ],
    [
      "a private e-mail that becomes one for work",
      { op: "replace", path: 'emails[type eq "home"].type', value: "work" },
    ],
    ["the removal of all but the private e-mail", { op: "remove", path: 'emails[type eq "work"]' }],
  ])("refuses %s after the user was created [req 183]", async (_, operation) => {
    const emails = [work("ada@customer.example"), { value: "ada@victim.example", type: "home" }];
    const { body } = await app.send("POST", "/Users", user("ada@customer.example", { emails }));
    expect((await app.send("PATCH", `/Users/${body.id}`, patch(operation))).status).toBe(400);
    expect(directory.users.get(String(body.id))?.userName).toBe("ada@customer.example");
    expect((await app.send("GET", `/Users/${body.id}`)).body.emails).toHaveLength(2);
  });

  it("tells the directory which addresses nobody has checked", async () => {
    const emails = [work("ada@customer.example"), { value: "ada@home.example", type: "home" }];
    await app.send("POST", "/Users", user("ada", { emails }));
    expect(directory.calls[0]?.context.unverified).toEqual(["ada@home.example"]);
    const open = new RecordingDirectory();
    await (await createSourceApp({ storage: memoryStorage(), directory: open })).send("POST", "/Users", user("ada"));
    expect(open.calls[0]?.context.unverified).toBeUndefined();
  });

  it("leaves values alone that were stored before, and accepts foreign ones with flag, which it reports", async () => {
    const storage = memoryStorage();
    const flagging = await createSourceApp({ storage, domains: ["customer.example"], foreignDomains: "flag" });
    const { body } = await flagging.send("POST", "/Users", user("ada@victim.example"));
    expect(flagging.events).toContainEqual(
      expect.objectContaining({ type: "source.flagged", id: body.id, attributes: ["userName"] }),
    );
    const strict = await createSourceApp({ storage, domains: async () => ["customer.example"] });
    const titled = patch({ op: "replace", path: "title", value: "Dr" });
    expect((await strict.send("PATCH", `/Users/${body.id}`, titled)).status).toBe(200);
    await expect(createSourceApp({ storage, domains: ["not a domain"] })).rejects.toThrow(/domains/);
  });
});
