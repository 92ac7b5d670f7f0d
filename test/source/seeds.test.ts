import { defineMapping, sourceUserMappings } from "scimkit/mapping";
import { memoryStorage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { createSourceApp, RecordingDirectory } from "../helpers/source-app.ts";

const EXTENSION = "urn:scim:schemas:extension:enterprise:2.0";

/** The request in the documentation of authentik's SCIM source, with its URNs and its empty texts. */
const DOCUMENTED = {
  schemas: ["urn:scim:schemas:core:2.0", EXTENSION],
  userName: "foo.bar",
  name: { familyName: "bar", givenName: "foo", formatted: "foo.bar" },
  emails: [{ value: "foo.bar@authentik.company", type: "work", primary: true }],
  title: "",
  [EXTENSION]: { department: "" },
};

describe("the example of the documents", () => {
  it.each([
    ["with the empty texts", { title: "", department: "" }],
    ["with texts", { title: "Engineer", department: "R&D" }],
  ])("gives a mapping every variable that they list, %s", async (_, { title, department }) => {
    let seen: Readonly<Record<string, unknown>> = {};
    const mapping = defineMapping({
      name: "every variable",
      expression: (variables) => {
        seen = variables;
        return undefined;
      },
    });
    const directory = new RecordingDirectory();
    const app = await createSourceApp({
      storage: memoryStorage(),
      directory,
      mappings: [...sourceUserMappings, mapping],
    });
    const response = await app.send("POST", "/Users", { ...DOCUMENTED, title, [EXTENSION]: { department } });
    expect(response.status, response.text).toBe(201);
    expect(seen).toMatchObject({
      schemas: expect.any(Array),
      userName: "foo.bar",
      name: DOCUMENTED.name,
      emails: DOCUMENTED.emails,
      title,
      urn_scim_schemas_extension_enterprise_2_0: { department },
      urn_ietf_params_scim_schemas_extension_enterprise_2_0_User: { department },
    });
  });
});

describe("a URN from before the RFC", () => {
  const names = [
    EXTENSION,
    `${EXTENSION}:User`,
    "urn:scim:schemas:extension:enterprise:1.0",
    "urn:scim:schemas:extension:enterprise:1.0:User",
    "URN:SCIM:Schemas:Extension:Enterprise:2.0",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  ];

  it.each(names)("%s is read in bodies, paths, filters, projections and sortBy", async (urn) => {
    const app = await createSourceApp({ storage: memoryStorage() });
    const body = { schemas: ["urn:scim:schemas:core:1.0", urn], userName: "ada", [urn]: { department: "A" } };
    const { body: user } = await app.send("POST", "/Users", body);
    await app.send("POST", "/Users", { ...body, userName: "bob", [urn]: { department: "B" } });
    const department = async (query: string): Promise<unknown> => {
      const { body: list } = await app.send("GET", `/Users?${query}`);
      const resources = list.Resources as readonly Record<string, { department: string }>[];
      return resources.map((each) => each["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]?.department);
    };
    const encoded = encodeURIComponent(urn);
    for (const separator of [":", "."]) {
      expect(await department(`filter=${encoded}${separator}department%20eq%20%22B%22`)).toEqual(["B"]);
      expect(await department(`attributes=${encoded}${separator}department&filter=userName%20eq%20%22ada%22`)).toEqual([
        "A",
      ]);
      expect(
        await department(`excludedAttributes=${encoded}${separator}department&filter=userName%20eq%20%22ada%22`),
      ).toEqual([undefined]);
      const sort = `sortBy=${encoded}${separator}department&sortOrder=descending`;
      expect(await department(sort)).toEqual(["B", "A"]);
      for (const value of ["C", "A"]) {
        const operations = [{ op: "replace", path: `${urn}${separator}department`, value }];
        const message = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations };
        expect((await app.send("PATCH", `/Users/${user.id}`, message)).status).toBe(200);
        expect(await department("filter=userName%20eq%20%22ada%22")).toEqual([value]);
      }
    }
  });

  it("that is not known is reported, with the other names that were dropped", async () => {
    const app = await createSourceApp({ storage: memoryStorage() });
    const urn = "urn:example:extension:1.0:User";
    const body = {
      schemas: ["urn:scim:schemas:core:2.0", urn],
      userName: "ada",
      shoeSize: 40,
      emails: [{ value: "a@app.example", verified: true }],
      [urn]: { level: 3 },
    };
    expect((await app.send("POST", "/Users", body)).status).toBe(201);
    const [event] = app.events.filter(({ type }) => type === "server.dialect");
    expect(event).toMatchObject({ dropped: expect.arrayContaining(["shoeSize", "emails.verified", urn]) });
    const [request] = await app.source.requests();
    expect(request?.dropped).toContain("shoeSize");
  });
});
