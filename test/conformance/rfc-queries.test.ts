import { describe, expect, it } from "vitest";
import { figure, figureText } from "./figure.ts";
import { createScene, type Seed } from "./figure-scene.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const users: Seed[] = [
  {
    id: "1",
    userName: "bjensen",
    title: "Tour Guide",
    userType: "Employee",
    name: { familyName: "O'Malley" },
    emails: [{ value: "bjensen@example.com", type: "work" }],
    [ENTERPRISE]: { department: "Tours" },
  },
  {
    id: "2",
    userName: "jsmith",
    userType: "Intern",
    emails: [{ value: "jsmith@example.org", type: "home" }],
    ims: [{ value: "jsmith@foo.com", type: "xmpp" }],
    lastModified: "2011-05-14T00:00:00.000Z",
  },
  {
    id: "3",
    userName: "Jdoe",
    userType: "Employee",
    // Each half of what the brackets ask for, in an element of its own.
    emails: [
      { value: "jdoe@example.net", type: "work" },
      { value: "jdoe@EXAMPLE.COM", type: "home" },
    ],
    lastModified: "2011-05-12T00:00:00.000Z",
  },
  { id: "4", userName: "kim", title: "Owner", userType: "Contractor" },
];

/** Who is found by each of the filters, in their order. */
const MATCHES = [
  ["bjensen"],
  ["bjensen"],
  ["jsmith", "Jdoe"],
  ["jsmith", "Jdoe"],
  ["bjensen", "kim"],
  ["jsmith"],
  ["bjensen", "jsmith", "kim"],
  ["Jdoe"],
  ["bjensen", "Jdoe", "kim"],
  ["bjensen"],
  ["bjensen", "jsmith", "kim"],
  ["bjensen"],
  ["bjensen", "Jdoe"],
  ["kim"],
  ["bjensen", "Jdoe"],
  ["bjensen"],
  ["bjensen", "jsmith"],
];

function filtersOf(name: string): string[] {
  return figureText(name)
    .trim()
    .split("\n\n")
    .map((text) =>
      text
        .replace(/\n\s*/g, " ")
        .replace(/^filter=/, "")
        .trim(),
    );
}

describe("the RFC's figures of filters", () => {
  const filters = filtersOf("rfc7644-3.4.2.2-filters");
  const found = async (filter: string): Promise<unknown[]> => {
    const scene = await createScene({ users });
    const { status, body } = await scene.send({ target: `/Users?filter=${encodeURIComponent(filter)}` });
    expect(status, JSON.stringify(body)).toBe(200);
    return (body.Resources as { userName: string }[]).map(({ userName }) => userName);
  };

  it("holds as many filters as there are results here", () => expect(filters).toHaveLength(MATCHES.length));

  it.each(filters.map((filter, index) => [filter, MATCHES[index] ?? []] as const))(
    "%s finds %j [req 100, 101, 104, 108, 109, 111, 113]",
    async (filter, names) => {
      expect(await found(filter)).toEqual(names);
    },
  );

  it("finds the same whatever the case of names and operators [req 46, 100]", async () => {
    const same = filtersOf("rfc7644-3.4.2.2-same-filters");
    expect(same).toHaveLength(2);
    for (const filter of same) expect(await found(filter.replace("john", "JSMITH"))).toEqual(["jsmith"]);
  });

  it("finds users and groups at the root [req 94]", async () => {
    const scene = await createScene({ users, groups: [{ id: "5", displayName: "Guides" }] });
    const [filter = ""] = filtersOf("rfc7644-3.4.2.1-root-filter");
    const all = await scene.send({ target: `/?filter=${encodeURIComponent(filter)}` });
    expect([all.status, all.body.totalResults]).toEqual([200, 5]);
    const some = await scene.send({ target: `/?filter=${encodeURIComponent('meta.resourceType eq "Group"')}` });
    expect(some.body).toMatchObject({ totalResults: 1, Resources: [{ displayName: "Guides" }] });
  });
});

describe("the RFC's figures of lists", () => {
  it("shows the names of all users as section 3.4.2 does [req 80, 88]", async () => {
    const shown = figure("rfc7644-3.4.2-list-user-names-response");
    const { Resources } = shown.body as { Resources: { id: string; userName: string }[] };
    const scene = await createScene({ users: Resources.map((user) => ({ ...user, title: "not shown" })) });
    const answer = await scene.send("rfc7644-3.4.2-list-user-names-request");
    expect(answer.status).toBe(shown.status);
    expect(answer.headers.get("content-type")).toBe(shown.headers["content-type"]);
    expect(answer.body).toMatchObject(shown.body as object);
  });

  it("pages as section 3.4.2.4 does [req 80, 82, 85]", async () => {
    const shown = figure("rfc7644-3.4.2.4-first-page-response").body as object;
    const many = Array.from({ length: 100 }, (_, index) => ({ id: `${1000 + index}`, userName: `user${index}` }));
    const answer = await (await createScene({ users: many })).send("rfc7644-3.4.2.4-first-page-request");
    expect({ ...answer.body, Resources: [] }).toEqual(shown);
    expect(answer.body.Resources).toHaveLength(10);
  });

  it("searches over users and groups as section 3.4.3 does [req 94, 96]", async () => {
    const shown = figure("rfc7644-3.4.3-search-response").body as { Resources: { id: string; displayName: string }[] };
    const [james, family] = shown.Resources as unknown as [Seed, Seed];
    const scene = await createScene({
      users: [{ title: "not shown", ...james }],
      groups: [family, { id: "other", displayName: "Family Smith" }],
    });
    const answer = await scene.send("rfc7644-3.4.3-search-request");
    expect(answer.status).toBe(figure("rfc7644-3.4.3-search-response").status);
    // The figure counts a hundred, and shows two of them.
    expect(answer.body).toEqual({ ...shown, totalResults: 2, itemsPerPage: 2 });
  });
});
