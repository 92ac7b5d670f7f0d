import { parsePath, printPath } from "scimkit/filter";
import { describe, expect, it } from "vitest";
import { figure, figureText } from "./figure.ts";
import { createScene, type Scene, type Seed } from "./figure-scene.ts";

const BJENSEN = "2819c223-7f76-453a-919d-413861904646";
const GROUP = "acbf3ae7-8463-4692-b4fd-9b4da3f908ce";
/** Some figures leave out the middle of an id, and write dots for it. */
const SHORT_GROUP = "acbf3ae7-8463-...-9b4da3f908ce";

const users = (...ids: string[]): Seed[] => ids.map((id, index) => ({ id, userName: `user${index}` }));

async function memberIds(scene: Scene, group: string): Promise<string[]> {
  const { body } = await scene.send({ target: `/Groups/${group}` });
  return ((body.members ?? []) as { value: string }[]).map(({ value }) => value).sort();
}

describe("the RFC's figures of PATCH on groups", () => {
  it("adds a member, once [req 142, 143]", async () => {
    const scene = await createScene({ users: users(BJENSEN), groups: [{ id: SHORT_GROUP, displayName: "g" }] });
    const answer = await scene.send("rfc7644-3.5.2.1-add-member-request");
    const shown = figure("rfc7644-3.5.2.1-add-member-response");
    expect(answer.status).toBe(shown.status);
    expect(await memberIds(scene, SHORT_GROUP)).toEqual([BJENSEN]);
    const { body } = await scene.send({ target: `/Groups/${SHORT_GROUP}` });
    expect(answer.headers.get("etag")).toBe((body.meta as { version: string }).version);
    const stale = await scene.send("rfc7644-3.5.2.1-add-member-request");
    expect([stale.status, stale.body.status]).toEqual([412, "412"]);
    const again = { ...figure("rfc7644-3.5.2.1-add-member-request"), headers: {} };
    expect((await scene.send(again)).status).toBe(204);
    expect((await scene.send({ target: `/Groups/${SHORT_GROUP}` })).body).toEqual(body);
  });

  it("adds a member with the body that shows the structure [req 141]", async () => {
    const scene = await createScene({ users: users(BJENSEN), groups: [{ id: GROUP, displayName: "g" }] });
    const { body } = figure("rfc7644-3.5.2-patch-body");
    expect((await scene.send({ method: "PATCH", target: `/Groups/${GROUP}`, body })).status).toBe(204);
    expect(await memberIds(scene, GROUP)).toEqual([BJENSEN]);
  });

  const removals: [string, string, string[], string[]][] = [
    ["rfc7644-3.5.2.2-remove-member-request", SHORT_GROUP, ["2819c223-7f76-...413861904646", "stays"], ["stays"]],
    ["rfc7644-3.5.2.2-remove-all-members-request", SHORT_GROUP, [BJENSEN, "other"], []],
    [
      "rfc7644-3.5.2.2-remove-and-add-member-request",
      SHORT_GROUP,
      ["2819c223...919d-413861904646", "stays"],
      ["08e1d05d...473d93df9210", "stays"],
    ],
    [
      "rfc7644-3.5.2.2-remove-and-add-members-request",
      GROUP,
      ["goes", BJENSEN],
      ["08e1d05d-121c-4561-8b96-473d93df9210", BJENSEN],
    ],
    [
      "rfc7644-3.5.2.3-replace-members-request",
      GROUP,
      ["goes"],
      ["08e1d05d...473d93df9210", "2819c223...413861904646"],
    ],
  ];

  it.each(removals)(
    "%s leaves the members that it should [req 138, 144, 147]",
    async (request, group, before, after) => {
      const scene = await createScene({
        users: users(...new Set([...before, ...after])),
        groups: [{ id: group, displayName: "g", members: before.map((value) => ({ value })) }],
      });
      expect(await memberIds(scene, group)).toEqual(before.toSorted());
      expect((await scene.send(request)).status).toBe(204);
      expect(await memberIds(scene, group)).toEqual(after);
    },
  );
});

describe("the RFC's figures of PATCH on users", () => {
  const work = { value: "bjensen@example.com", type: "work" };
  const home = { value: "babs@jensen.org", type: "home" };
  const office = { type: "work", streetAddress: "100 Universal City Plaza", locality: "Hollywood", country: "US" };
  const house = { type: "home", streetAddress: "456 Hollywood Blvd", primary: true };
  const patched = async (before: object, request: Parameters<Scene["send"]>[0]): Promise<Record<string, unknown>> => {
    const scene = await createScene({ users: [{ id: BJENSEN, userName: "bjensen", title: "stays", ...before }] });
    const answer = await scene.send(request);
    expect(answer.status).toBe(200);
    const stored = await scene.send({ target: `/Users/${BJENSEN}` });
    expect(stored.body).toEqual(answer.body);
    expect(stored.body.title).toBe("stays");
    return stored.body;
  };

  it("adds attributes without a path [req 141]", async () => {
    const after = await patched({ emails: [work] }, "rfc7644-3.5.2.1-add-attributes-request");
    expect([after.emails, after.nickName]).toEqual([[work, home], "Babs"]);
  });

  it("removes the values that a filter finds [req 147]", async () => {
    const elsewhere = { value: "bjensen@example.net", type: "work" };
    const { body } = figure("rfc7644-3.5.2.2-remove-value-body");
    const request = { method: "PATCH", target: `/Users/${BJENSEN}`, body };
    expect((await patched({ emails: [work, home, elsewhere] }, request)).emails).toEqual([home, elsewhere]);
    expect((await patched({ emails: [work] }, request)).emails).toBeUndefined();
  });

  it("replaces the address that a filter finds, and takes primary from the others [req 144, 148]", async () => {
    const after = await patched({ addresses: [house, office] }, "rfc7644-3.5.2.3-replace-address-request");
    const { Operations } = figure("rfc7644-3.5.2.3-replace-address-request").body as {
      Operations: { value: object }[];
    };
    expect(after.addresses).toEqual([{ ...house, primary: false }, Operations[0]?.value]);
  });

  it("replaces one sub-attribute of the address that a filter finds [req 144]", async () => {
    const after = await patched({ addresses: [house, office] }, "rfc7644-3.5.2.3-replace-street-request");
    expect(after.addresses).toEqual([house, { ...office, streetAddress: "1010 Broadway Ave" }]);
  });

  it("replaces all values of the attributes that are named [req 144]", async () => {
    const before = { emails: [{ value: "old@example.com" }], nickName: "B" };
    const after = await patched(before, "rfc7644-3.5.2.3-replace-attributes-request");
    expect([after.emails, after.nickName]).toEqual([[{ ...work, primary: true }, home], "Babs"]);
  });
});

describe("the RFC's figure of paths", () => {
  const paths = figureText("rfc7644-3.5.2-paths")
    .split("\n\n")
    .map((text) => JSON.parse(`{${text.replace(/\n\s*/g, " ")}}`).path as string);

  it("holds five paths", () => expect(paths).toHaveLength(5));

  it.each(paths)("%s is read and printed again [req 139]", (path) => {
    expect(printPath(parsePath(path))).toBe(path);
  });
});
