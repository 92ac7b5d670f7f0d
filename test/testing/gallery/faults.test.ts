import { createSource, memoryStorage } from "scimkit";
import {
  type ContractCase,
  ContractViolation,
  type GalleryName,
  galleryTests,
  type SimulationCheck,
} from "scimkit/testing";
import { describe, expect, it } from "vitest";
import { SABOTEURS, type Saboteur } from "../identity-providers/saboteurs.ts";

/** Which fault each test of Microsoft's gallery notices. */
const ENTRA: Readonly<Record<string, SimulationCheck>> = {
  Create_User_Test: "found",
  Update_User_Test: "shown",
  Disable_User_Test: "deactivated",
  Delete_User_Test: "gone",
  User_Update_Manager_Test: "shown",
  Restore_User_Test: "gone",
  POD_User_Test: "id",
  Create_Group_Test: "echo",
  Update_Group_Test: "shown",
  Delete_Group_Test: "deleted",
  Group_Update_Add_Member_Test: "updated",
  Group_Update_Remove_Member_Test: "members",
  POD_Group_Test: "found",
  Restore_Group_Test: "gone",
  SCIM_Null_Update_Test: "shown",
  SCIM_User_Create_Test: "echo",
  SCIM_User_Update_Test: "shown",
  SCIM_Group_Create_Test: "echo",
  SCIM_Group_Update_Test: "shown",
  Validate_Credentials_Test: "lifetime",
  Federated_Identity_Test: "token",
  SCIM_User_Pagination_Test: "paging",
  SCIM_Group_Pagination_Test: "paging",
  SCIM_Update_Manager_Test: "shown",
};

/** Which fault each of Okta's tests notices. */
const OKTA: Readonly<Record<string, SimulationCheck>> = {
  "spec.users": "found",
  "spec.user-by-id": "read",
  "spec.invalid-user-name": "empty",
  "spec.invalid-user-id": "error",
  "spec.random-user-missing": "empty",
  "spec.create": "created",
  "spec.created": "read",
  "spec.conflict": "conflict",
  "spec.letter-case": "active",
  "spec.groups": "authorized",
  "spec.status-401": "list",
  "spec.status-404": "error",
  "crud.create": "password",
  "crud.update": "read",
  "crud.deactivate": "deactivated",
  "crud.reactivate": "deactivated",
  "crud.unassign": "deactivated",
};

/** The tests of a gallery against a source in the hands of a saboteur. */
function casesOver(gallery: GalleryName, { respond }: Pick<Saboteur, "respond">): ContractCase[] {
  return galleryTests(gallery, {
    create: async () => {
      const source = createSource({ slug: "people", baseUrl: "https://app.example", storage: memoryStorage() });
      const client = await source.oauthClients.issue({ name: "gallery" });
      return {
        fetch: (request) => respond(request, source.fetch),
        baseUrl: source.baseUrl,
        token: (await source.tokens.issue({ name: "gallery" })).token,
        oauth: { tokenUrl: source.tokenUrl, ...client, assertion: () => "not signed" },
      };
    },
  });
}

async function failure(one: ContractCase | undefined): Promise<unknown> {
  return one?.run().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each([
  ["entra", ENTRA],
  ["okta", OKTA],
] as const)("the tests of the gallery of %s", (gallery, faults) => {
  it.each(Object.entries(faults))("notice by %s a fault of the kind %s", async (id, check) => {
    const cases = casesOver(gallery, SABOTEURS[check]);
    expect(await failure(cases.find((one) => one.id === id))).toBeInstanceOf(ContractViolation);
  });

  it("are all in the list of faults", () => {
    const ids = casesOver(gallery, { respond: (request, next) => next(request) }).map(({ id }) => id);
    const known = [...Object.keys(faults), ...(gallery === "entra" ? ["Schema_Discoverability_Test"] : [])];
    expect(ids.sort()).toEqual(known.sort());
  });
});

describe("a test of a gallery", () => {
  it("notices an attribute that the schemas do not have", async () => {
    const respond: Saboteur["respond"] = async (request, next) =>
      new Response((await (await next(request)).text()).replaceAll('"department"', '"unit"'));
    const cases = casesOver("entra", { respond });
    const error = await failure(cases.find(({ id }) => id === "Schema_Discoverability_Test"));
    expect(String(error)).toMatch(/^ContractViolation: GET \/Schemas: Resources has no element like .*department/);
  });

  it("says which request failed, and how", async () => {
    const [first] = casesOver("okta", SABOTEURS.created).filter(({ id }) => id === "spec.create");
    expect(String(await failure(first))).toMatch(
      /^ContractViolation: POST \/Users: the status is not 201\. The response: 200/,
    );
  });
});
