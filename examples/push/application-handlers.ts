import SCIMMY from "scimmy";
import type { ApplicationRecord, ApplicationRecords } from "./application-records.ts";

/** What scimmy hands to a handler: the resource that is meant, if it is one. */
interface Target {
  readonly id?: string;
  readonly filter?: { match(values: object[]): object[] };
}

/**
 * Puts the application's users and groups behind scimmy's resource types. It knows what scimmy knows: every attribute of
 * RFC 7643's User, Group and Enterprise User, but not a user's `groups`, which it never fills in.
 *
 * scimmy compares texts in filters letter by letter, `userName` too, and adds a member to a group again if it is sent again.
 */
export function declareResources(users: ApplicationRecords, groups: ApplicationRecords): void {
  const { Resources, Schemas } = SCIMMY;
  Resources.declare(
    Resources.User.extend(Schemas.EnterpriseUser)
      .ingress((target, instance) => {
        const attributes = plain(instance);
        refuseTaken(users, target.id, "userName", attributes.userName);
        refuseTaken(users, target.id, "externalId", attributes.externalId);
        return save(users, target.id, attributes);
      })
      .egress((target) => read(users, target))
      .degress(({ id = "" }) => {
        if (!users.remove(id)) throw missing(id);
        for (const group of groups.all()) {
          const members = membersOf(group);
          const others = members.filter(({ value }) => value !== id);
          if (others.length < members.length) save(groups, group.id, { ...group, members: others });
        }
      }),
  );
  Resources.declare(
    Resources.Group.ingress((target, instance) => {
      const attributes = plain(instance);
      refuseTaken(groups, target.id, "displayName", attributes.displayName);
      const members = new Map(membersOf(attributes).map((member) => [member.value, member]));
      for (const id of members.keys()) {
        if (users.get(id) === undefined && groups.get(id) === undefined) {
          throw new SCIMMY.Types.Error(400, "invalidValue", `There is no member ${id}`);
        }
      }
      return save(groups, target.id, { ...attributes, members: [...members.values()] });
    })
      .egress((target) => read(groups, target))
      .degress(({ id = "" }) => {
        if (!groups.remove(id)) throw missing(id);
      }),
  );
}

// scimmy's types want the classes that it builds from what is returned; it takes plain objects.
type Result = never;

function read(records: ApplicationRecords, { id, filter }: Target): Result {
  if (id === undefined) {
    const all = records.all();
    return (filter === undefined ? all : filter.match(all)) as Result;
  }
  const record = records.get(id);
  if (record === undefined) throw missing(id);
  return record as Result;
}

function save(records: ApplicationRecords, id: string | undefined, attributes: Record<string, unknown>): Result {
  const before = id === undefined ? undefined : records.get(id);
  if (id !== undefined && before === undefined) throw missing(id);
  const lastModified = new Date().toISOString();
  const record: ApplicationRecord = {
    ...attributes,
    id: id ?? crypto.randomUUID(),
    meta: { created: before?.meta.created ?? lastModified, lastModified },
  };
  records.save(record);
  return record as Result;
}

/** Names are unique whatever their case. */
function refuseTaken(records: ApplicationRecords, id: string | undefined, attribute: string, value: unknown): void {
  if (typeof value !== "string") return;
  const folded = value.toLowerCase();
  const isTaken = records
    .all()
    .some((record) => record.id !== id && String(record[attribute]).toLowerCase() === folded);
  if (isTaken) throw new SCIMMY.Types.Error(409, "uniqueness", `${attribute} is taken`);
}

function membersOf(group: Readonly<Record<string, unknown>>): { value: string }[] {
  return Array.isArray(group.members) ? group.members : [];
}

function missing(id: string): Error {
  return new SCIMMY.Types.Error(404, "", `There is no ${id}`);
}

function plain(instance: object): Record<string, unknown> {
  const { id: _, meta: __, ...attributes } = JSON.parse(JSON.stringify(instance)) as Record<string, unknown>;
  return attributes;
}
