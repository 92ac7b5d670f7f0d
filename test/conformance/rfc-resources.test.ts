import {
  defineResourceType,
  enterpriseUserSchema,
  groupResourceType,
  userResourceType,
  userSchema,
  validateResource,
} from "scimkit/schema";
import { describe, expect, it } from "vitest";
import { figure } from "./figure.ts";
import { createScene, timeless, withIds } from "./figure-scene.ts";
import minimalUser from "./rfc/rfc7643-8.1-minimal-user.json" with { type: "json" };
import fullUser from "./rfc/rfc7643-8.2-full-user.json" with { type: "json" };
import enterpriseUser from "./rfc/rfc7643-8.3-enterprise-user.json" with { type: "json" };
import group from "./rfc/rfc7643-8.4-group.json" with { type: "json" };

const BJENSEN = "2819c223-7f76-453a-919d-413861904646";
const NAME = { formatted: "Ms. Barbara J Jensen III", familyName: "Jensen", givenName: "Barbara" };

describe("the RFC's figures of resources", () => {
  it("shows a resource of which the figure left values out [req 45]", () => {
    const { body } = figure("rfc7643-3-resource-structure");
    const { id: _, meta: __, ...rest } = body as Record<string, unknown>;
    expect(validateResource(body, userResourceType)).toEqual(rest);
  });

  it.each([
    ["8.1", minimalUser],
    ["8.2", fullUser],
    ["8.3", enterpriseUser],
  ])(
    "takes the user of RFC 7643 section %s, and gives back what is the client's to say [req 34, 45, 70]",
    async (_, user) => {
      // Without what is read-only, such as the name of a manager, and without the password.
      const kept = validateResource(user, userResourceType);
      const scene = await createScene();
      const created = await scene.send({ method: "POST", target: "/Users", body: user });
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject(kept);
      expect(Object.keys(created.body).sort()).toEqual([...Object.keys(kept), "id", "meta"].sort());
      const put = await scene.send({ method: "PUT", target: `/Users/${created.body.id}`, body: user });
      expect([put.status, put.body]).toEqual([200, created.body]);
    },
  );

  it("shows the group of RFC 7643 section 8.4 [req 60]", async () => {
    const { id, displayName, members } = group;
    const users = members.map(({ value }, index) => ({ id: value, userName: `user${index}` }));
    const seeded = members.map(({ value, display }) => ({ value, display }));
    const scene = await createScene({ users, groups: [{ id, displayName, members: seeded }] });
    const { body } = await scene.send({ target: `/Groups/${id}` });
    const { meta, ...shown } = group;
    expect(Object.keys(body.meta as object).sort()).toEqual(Object.keys(meta).sort());
    // The figure leaves out what kind the members are.
    expect(body).toMatchObject({
      ...shown,
      members: expect.arrayContaining(members.map((each) => expect.objectContaining(each))),
    });
  });

  it("is found by its id, with or without a version of HTTP in the request line [req 79]", async () => {
    const scene = await createScene({ users: [{ id: BJENSEN, userName: "bjensen" }] });
    const answer = await scene.send("rfc7644-2-get-user-request");
    expect([answer.status, answer.body.id]).toEqual([200, BJENSEN]);
  });
});

describe("the RFC's figures of creating, reading, replacing and deleting", () => {
  it.each([
    ["rfc7644-3.3-create-user-request", "rfc7644-3.3-create-user-response"],
    ["rfc7644-3.14-create-user-request", "rfc7644-3.14-create-user-response"],
  ])("%s gets the response %s [req 41, 70, 175]", async (request, response) => {
    const shown = figure(response);
    const answer = await (await createScene()).send(request);
    const ids = { [String(answer.body.id)]: BJENSEN };
    expect(answer.status).toBe(shown.status);
    expect(timeless(withIds(answer.body, ids))).toEqual(timeless(shown.body));
    expect(withIds(answer.headers.get("location"), ids)).toBe(shown.headers.location);
    expect(answer.headers.get("content-type")).toBe(shown.headers["content-type"]);
    expect(answer.headers.get("etag")).toBe((answer.body.meta as { version: string }).version);
  });

  it("shows a user as section 3.4.1 does [req 41, 79]", async () => {
    const shown = figure("rfc7644-3.4.1-get-user-response");
    const { id, meta, ...attributes } = shown.body as { id: string; meta: { version: string } };
    const scene = await createScene({ users: [{ id, version: "f250dd84f0671c3", ...attributes }] });
    const answer = await scene.send("rfc7644-3.4.1-get-user-request");
    expect(answer.status).toBe(shown.status);
    expect(timeless(answer.body)).toEqual(timeless(shown.body));
    expect(answer.headers.get("etag")).toBe(shown.headers.etag);
    expect(answer.headers.get("content-location")).toBe(shown.headers.location);
  });

  it("replaces a user as section 3.5.1 does, and only the version that the request names [req 131, 175]", async () => {
    const shown = figure("rfc7644-3.5.1-replace-user-response");
    const before = { id: BJENSEN, userName: "bjensen", title: "Tour Guide", roles: [{ value: "guide" }] };
    const late = await createScene({ users: [{ ...before, version: "another" }] });
    expect((await late.send("rfc7644-3.5.1-replace-user-request")).status).toBe(412);
    const scene = await createScene({ users: [before] });
    const answer = await scene.send("rfc7644-3.5.1-replace-user-request");
    expect(answer.status).toBe(shown.status);
    expect(timeless(answer.body)).toEqual(timeless(shown.body));
    expect(answer.headers.get("etag")).not.toBe('W/"a330bc54f0671c9"');
    expect(answer.headers.get("content-location")).toBe(shown.headers.location);
  });

  it("deletes a user as section 3.6 does, and does not find it afterwards [req 162]", async () => {
    const scene = await createScene({ users: [{ id: BJENSEN, version: "c310cd84f0281b7", userName: "bjensen" }] });
    const deleted = await scene.send("rfc7644-3.6-delete-user-request");
    expect(deleted.status).toBe(figure("rfc7644-3.6-delete-user-response").status);
    const gone = await scene.send("rfc7644-3.6-get-deleted-user-request");
    for (const name of ["rfc7644-3.6-get-deleted-user-response", "rfc7644-3.12-not-found-response"]) {
      const shown = figure(name);
      expect(gone.status).toBe(shown.status);
      // The detail is for people: ours does not repeat the request.
      expect({ ...gone.body, detail: "" }).toEqual({ ...(shown.body as object), detail: "" });
      expect(gone.body.detail).not.toBe("");
    }
  });

  it("has no addresses with the suffix of a format, as it may [req 2]", async () => {
    const scene = await createScene({ users: [{ id: BJENSEN, userName: "bjensen" }] });
    expect((await scene.send("rfc7644-3.8-suffix-request")).status).toBe(404);
  });
});

describe("the RFC's figures of projection, conditions, errors and discovery", () => {
  it("shows the attributes that section 3.9 asks for [req 88]", async () => {
    const shown = figure("rfc7644-3.9-get-user-name-response");
    const scene = await createScene({ users: [{ id: BJENSEN, userName: "bjensen", name: NAME }] });
    const answer = await scene.send("rfc7644-3.9-get-user-name-request");
    expect([answer.status, answer.body]).toEqual([shown.status, shown.body]);
    expect(answer.headers.get("etag")).toBe(shown.headers.etag);
  });

  it("says so when what section 3.14 asks for has not changed [req 175]", async () => {
    const user = { id: BJENSEN, userName: "bjensen", displayName: "Babs" };
    const known = await createScene({ users: [{ ...user, version: "e180ee84f0671b1" }] });
    const same = await known.send("rfc7644-3.14-get-if-changed-request");
    expect([same.status, same.body]).toEqual([304, {}]);
    const changed = await (await createScene({ users: [user] })).send("rfc7644-3.14-get-if-changed-request");
    expect([changed.status, changed.body.displayName]).toEqual([200, "Babs"]);
  });

  it("refuses what is read-only as section 3.12 does [req 149]", async () => {
    const shown = figure("rfc7644-3.12-read-only-response");
    const scene = await createScene({ users: [{ id: BJENSEN, userName: "bjensen" }] });
    const body = {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "id", value: "other" }],
    };
    const answer = await scene.send({ method: "PATCH", target: `/Users/${BJENSEN}`, body });
    expect(answer.status).toBe(shown.status);
    expect({ ...answer.body, detail: "" }).toEqual({ ...(shown.body as object), detail: "" });
    expect(answer.body.detail).toContain("id");
    const put = { schemas: [userSchema.id], id: "other", userName: "bjensen" };
    expect((await scene.send({ method: "PUT", target: `/Users/${BJENSEN}`, body: put })).body.id).toBe(BJENSEN);
  });

  it("lists resource types as section 4 does [req 27, 33]", async () => {
    const user = defineResourceType({
      name: "User",
      endpoint: "/Users",
      description: "User Account",
      schema: userSchema,
      extensions: [{ schema: enterpriseUserSchema, required: true }],
    });
    const scene = await createScene({}, { resourceTypes: [user, groupResourceType] });
    const answer = await scene.send({ target: "/ResourceTypes" });
    // The figure counts ten resources in a page of two.
    const shown = { ...(figure("rfc7644-4-resource-types-response").body as object), itemsPerPage: 2 };
    const said = JSON.parse(JSON.stringify(answer.body), (_, value) =>
      // An empty list says what no list says.
      Array.isArray(value) && value.length === 0 ? undefined : value,
    );
    expect(said).toEqual(shown);
  });
});
