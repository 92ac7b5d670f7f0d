import type { Organisation, OrganisationGroup, OrganisationUser } from "../accept/organisation.ts";
import type { ScimHttp } from "../accept/scim-http.ts";
import { eq, idOf, patch, query, resourcesOf } from "../accept/wire.ts";

/** Somebody who gets another title and moves from one group to another. */
export interface Mover {
  readonly user: OrganisationUser;
  readonly title: { readonly from: string; readonly to: string };
  readonly from: OrganisationGroup;
  readonly to: OrganisationGroup;
}

/** Picks somebody of Entra ID's who is in one of its groups and not in another. */
export function pickMover({ users, groups }: Organisation): Mover {
  const own = groups.filter((group) => group.directory === "entra");
  for (const user of users) {
    const from = own.find((group) => group.members.includes(user.userName));
    const to = own.find((group) => !group.members.includes(user.userName));
    const { title } = user;
    if (user.directory !== "entra" || !user.active || title === undefined || from === undefined || to === undefined) {
      continue;
    }
    return { user, title: { from: title, to: `Senior ${title}` }, from, to };
  }
  throw new TypeError("Nobody in the organisation could move from one group to another");
}

/** The opposite change. */
export function back({ user, title, from, to }: Mover): Mover {
  return { user, title: { from: title.to, to: title.from }, from: to, to: from };
}

/** Sends the change to the source, as Entra ID would. */
export async function change(http: ScimHttp, { user, title, from, to }: Mover): Promise<void> {
  const idBy = async (path: string, filter: string): Promise<string> => {
    const [found] = resourcesOf(await http.get(`${path}${query({ filter, excludedAttributes: "members" })}`));
    if (found === undefined) throw new TypeError(`The source has nobody with ${filter}`);
    return idOf(found);
  };
  const value = await idBy("/Users", eq("userName", user.userName));
  const fromId = await idBy("/Groups", eq("displayName", from.displayName));
  const toId = await idBy("/Groups", eq("displayName", to.displayName));
  await http.send("PATCH", `/Users/${value}`, patch({ op: "Replace", path: "title", value: title.to }));
  await http.send("PATCH", `/Groups/${fromId}`, patch({ op: "Remove", path: "members", value: [{ value }] }));
  await http.send("PATCH", `/Groups/${toId}`, patch({ op: "Add", path: "members", value: [{ $ref: null, value }] }));
}
