import { type Organisation, readOrganisation } from "../../examples/accept/organisation.ts";
import { userAttributes } from "../../examples/accept/user-attributes.ts";
import { ENTERPRISE_USER, isJson } from "../../examples/accept/wire.ts";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import type { Directory } from "../../src/directory/directory.ts";
import type { DirectoryUser } from "../../src/directory/objects.ts";

type User = DirectoryUser & { userName: string; enterprise: Record<string, unknown> };
type Group = { id: string; displayName: string; members: string[] };

/** A directory that tests can change: the first people of the example's organisation, in groups of their own. */
export interface SmallOrganisation {
  users: User[];
  groups: Group[];
  readonly directory: Directory;
  /** Replaces a user by a changed one. */
  change(id: string, changes: Record<string, unknown>): void;
}

export async function smallOrganisation(userCount = 60, groupCount = 8): Promise<SmallOrganisation> {
  const organisation = await readOrganisation();
  const people = organisation.users.slice(0, userCount);
  const idOf = new Map(people.map(({ userName }, index) => [userName, `u${String(index).padStart(3, "0")}`]));
  const users = people.map((user) => asDirectoryUser(user, idOf));
  const ids = users.map(({ id }) => id);
  const groups = organisation.groups.slice(0, groupCount).map(({ displayName }, index) => ({
    id: `g${index}`,
    displayName,
    // Everybody in the first, then ever fewer, nobody in the last.
    members: index === groupCount - 1 ? [] : ids.filter((_, position) => position % (index + 1) === 0),
  }));
  const self: SmallOrganisation = {
    users,
    groups,
    directory: arrayDirectory({ users: () => self.users, groups: () => self.groups }),
    change: (id, changes) => {
      self.users = self.users.map((user) => (user.id === id ? { ...user, ...changes } : user));
    },
  };
  return self;
}

function asDirectoryUser(user: Organisation["users"][number], idOf: ReadonlyMap<string, string>): User {
  const { [ENTERPRISE_USER]: extension, ...attributes } = userAttributes(user);
  const manager = idOf.get(user.manager ?? "");
  return {
    ...attributes,
    id: idOf.get(user.userName) ?? "",
    userName: user.userName,
    active: user.active,
    enterprise: {
      ...(isJson(extension) ? extension : {}),
      ...(manager === undefined ? {} : { manager: { value: manager } }),
    },
  };
}
