import { describe, expect, it } from "vitest";
import { figure, figureText } from "./figure.ts";
import { createScene, type Scene, type Seed, type Shown, timeless, withIds } from "./figure-scene.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ALICE = "92b725cd-9465-4e7d-8c16-01f8e146b87a";
const BOB = "b7c14771-226c-4d05-8860-134711653041";
const DAVE = "5d8d29d3-342c-4b5f-8683-a3cb6763ffcc";
const GONE = "e9025315-6bea-44e1-899c-1e07454e468b";

interface Result {
  readonly location?: string;
  readonly version?: string;
  readonly status: string;
  readonly method: string;
}

const resultsOf = (answer: Shown): Result[] => answer.body.Operations as Result[];
const idOf = (result: Result | undefined): string => result?.location?.split("/").at(-1) ?? "";

/** An answer as the figure has it: details are for people, and a body may come with what succeeded. */
function essentials(body: unknown): unknown {
  return JSON.parse(JSON.stringify(timeless(body)), (name, value) => {
    if (name === "detail" || (name === "scimType" && value === "invalidSyntax")) return `(${name})`;
    return value;
  });
}

describe("the RFC's figures of bulk requests", () => {
  it("returns 409 for the groups in a cycle of section 3.7.1, since no group can be its own member here [req 69, 170]", async () => {
    const scene = await createScene();
    const answer = await scene.send("rfc7644-3.7.1-circular-references-request");
    expect([answer.status, resultsOf(answer).map(({ status }) => status)]).toEqual([200, ["409", "409"]]);
    expect((await scene.send("rfc7644-3.7.1-get-groups-request")).body.totalResults).toBe(0);
  });

  it("shows such groups as section 3.7.1 does where they are there already", async () => {
    const shown = figure("rfc7644-3.7.1-get-groups-response");
    const groups = (shown.body as { Resources: ({ members: { value: string; type: "Group" }[] } & Seed)[] }).Resources;
    const seeds = groups.map(({ id, displayName, members }) => ({
      id,
      displayName,
      members: members.map(({ value, type }) => ({ value, type })),
    }));
    const answer = await (await createScene({ groups: seeds })).send("rfc7644-3.7.1-get-groups-request");
    expect(answer.status).toBe(shown.status);
    const byName = (body: unknown) =>
      (body as { Resources: { displayName: string }[] }).Resources.toSorted((a, b) =>
        a.displayName < b.displayName ? -1 : 1,
      );
    expect(timeless(byName(answer.body))).toEqual(timeless(byName(shown.body)));
  });

  it("resolves references in a circle where a circle may be: users who are each other's manager [req 170]", async () => {
    const scene = await createScene();
    const { body, ...request } = figure("rfc7644-3.7.2-manager-request");
    const [alice, bob] = structuredClone((body as { Operations: { data: Record<string, unknown> }[] }).Operations);
    Object.assign(alice?.data ?? {}, { [ENTERPRISE]: { manager: { value: "bulkId:ytrewq" } } });
    const answer = await scene.send({ ...request, body: { ...(body as object), Operations: [alice, bob] } });
    const ids = resultsOf(answer).map(idOf);
    expect(resultsOf(answer).map(({ status }) => status)).toEqual(["201", "201"]);
    const managers = await Promise.all(
      ids.map(async (id) => (await scene.send({ target: `/Users/${id}` })).body[ENTERPRISE]),
    );
    expect(managers).toMatchObject([{ manager: { value: ids[1] } }, { manager: { value: ids[0] } }]);
  });

  it("puts the id of a new user into a new group as section 3.7.2 does [req 166, 169, 171, 172]", async () => {
    const scene = await createScene();
    const answer = await scene.send("rfc7644-3.7.2-bulk-ids-request");
    const shown = figure("rfc7644-3.7.2-bulk-ids-response");
    expect(answer.status).toBe(shown.status);
    const theirs = (shown.body as { Operations: Result[] }).Operations;
    const ids = Object.fromEntries(resultsOf(answer).map((result, index) => [idOf(result), idOf(theirs[index])]));
    expect(timeless(withIds(answer.body, ids))).toMatchObject(timeless(shown.body) as object);

    const group = figure("rfc7644-3.7.2-get-group-response");
    const found = await scene.send({ target: `/Groups/${idOf(resultsOf(answer)[1])}` });
    expect(found.status).toBe(group.status);
    expect(timeless(withIds(found.body, ids))).toEqual(timeless(group.body));
    expect(found.headers.get("etag")).toBe(resultsOf(answer)[1]?.version);
  });

  it("puts it into an extension as well [req 169]", async () => {
    const scene = await createScene();
    const [alice, bob] = resultsOf(await scene.send("rfc7644-3.7.2-manager-request")).map(idOf);
    const { body } = await scene.send({ target: `/Users/${bob}` });
    expect(body[ENTERPRISE]).toMatchObject({
      employeeNumber: "11250",
      manager: { value: alice },
    });
  });
});

describe("the RFC's figures of a bulk request that adds, changes and removes users", () => {
  const versions = { bob: "3694e05e9dff591", dave: "edac3253e2c0ef2", gone: "0ee8add0a938e1a" };
  const scene = (changed: Partial<typeof versions> & { withoutGone?: boolean } = {}): Promise<Scene> => {
    const { bob, dave, gone } = { ...versions, ...changed };
    const users = [
      { id: BOB, version: bob, userName: "bobby" },
      { id: DAVE, version: dave, userName: "david", nickName: "d" },
      { id: GONE, version: gone, userName: "gone" },
    ];
    // The maxPayloadSize of section 3.7.4.
    const limits = { maxBulkBytes: 1_048_576 };
    return createScene({ users: changed.withoutGone === true ? users.slice(0, 2) : users }, { limits });
  };

  it("gets the response of section 3.7.3 if all operations succeed [req 166, 171, 173]", async () => {
    const there = await scene();
    const answer = await there.send("rfc7644-3.7.3-bulk-request");
    const shown = figure("rfc7644-3.7.3-bulk-response");
    const ids = { [idOf(resultsOf(answer)[0])]: ALICE };
    expect(answer.status).toBe(shown.status);
    expect(timeless(withIds(answer.body, ids))).toMatchObject(timeless(shown.body) as object);
    expect((await there.send({ target: `/Users/${BOB}` })).body.userName).toBe("Bob");
    const dave = (await there.send({ target: `/Users/${DAVE}` })).body;
    expect([dave.userName, dave.nickName]).toEqual(["Dave", undefined]);
    expect((await there.send({ target: `/Users/${GONE}` })).status).toBe(404);
    const status = JSON.parse(`{${figureText("rfc7644-3.7.3-success-status")}}`);
    expect(answer.body.Operations).toEqual(expect.arrayContaining([expect.objectContaining(status)]));
  });

  /** The request with a user that is none: the figures of errors leave open what is wrong with it. */
  const broken = (failOnErrors?: number) => {
    const request = figure("rfc7644-3.7.3-bulk-request");
    const body = structuredClone(request.body) as {
      failOnErrors?: number;
      Operations: { data: { schemas: string[] } }[];
    };
    const [first] = body.Operations;
    if (first !== undefined) first.data.schemas = ["urn:ietf:params:scim:api:messages:2.0:User"];
    const { failOnErrors: _, ...rest } = body;
    return { ...request, body: failOnErrors === undefined ? rest : { ...rest, failOnErrors } };
  };

  it("stops after the error that it does not accept [req 168]", async () => {
    const there = await scene();
    const answer = await there.send(broken(1));
    const shown = figure("rfc7644-3.7.3-first-error-response");
    expect(answer.status).toBe(shown.status);
    expect(essentials(answer.body)).toEqual(essentials(shown.body));
    expect((await there.send({ target: `/Users/${GONE}` })).status).toBe(200);
    const failed = JSON.parse(`{${figureText("rfc7644-3.7.3-failed-status")}}`);
    expect(essentials(resultsOf(answer)[0])).toMatchObject(essentials(failed) as object);
  });

  it("tells of every error where it accepts all [req 168, 171, 172, 173]", async () => {
    const there = await scene({ bob: "newer", dave: "newer", withoutGone: true });
    const answer = await there.send(broken());
    const shown = figure("rfc7644-3.7.3-all-errors-response");
    expect(answer.status).toBe(shown.status);
    expect(essentials(answer.body)).toEqual(essentials(shown.body));
  });

  it("is refused as section 3.7.4 shows where it is too large [req 167]", async () => {
    const there = await scene();
    const request = figure("rfc7644-3.7.4-too-large-request");
    const shown = figure("rfc7644-3.7.4-too-large-response");
    const body = { ...(figure("rfc7644-3.7.3-bulk-request").body as object), padding: "x".repeat(1_048_576) };
    const answer = await there.send({ ...request, body });
    expect(answer.status).toBe(shown.status);
    expect({ ...answer.body, detail: "" }).toEqual({ ...(shown.body as object), detail: "" });
    expect(answer.body.detail).toContain("1048576");
    expect((await there.send({ target: `/Users/${GONE}` })).status).toBe(200);
  });
});
