import pLimit from "p-limit";
import type { Directory, DirectoryMember, DirectoryPage, DirectoryQuery } from "../../directory/directory.ts";
import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { NotImplementedError } from "../../errors/request-errors.ts";
import type { AnyMapping } from "../../mapping/expressions/define-mapping.ts";
import type { GroupRef, MemberRef, MemberStorage } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { mapResource } from "./map-write.ts";

/** How many resources are read by id at the same time. */
const PARALLEL_READS = 16;

/** What reading a source as a directory needs. */
export interface SourceReading {
  readonly resources: ResourceStorage;
  /** The source's immutable id. */
  readonly tenant: () => Promise<string>;
  readonly mappings: readonly AnyMapping[];
}

type Kind = "User" | "Group";

/**
 * The users and groups that an identity provider sent to a source, as a directory: the results of the source's own
 * mappings. Objects that a mapping skips are absent; a page then has fewer objects than requested.
 *
 * Mappings that apply on create only are applied too, since nothing here distinguishes a first reading from a later
 * one.
 */
export function sourceAsDirectory(reading: SourceReading): Directory {
  const { resources, mappings } = reading;
  const partition = async (type: Kind): Promise<Partition> => ({ tenant: await reading.tenant(), type });
  const mapped = (type: Kind, stored: StoredResource) =>
    mapResource(mappings, { id: stored.id, type, attributes: stored.attributes }, "create");

  const mappedAll = async <T>(type: Kind, found: readonly (StoredResource | undefined)[]): Promise<T[]> => {
    const objects: T[] = [];
    for (const stored of found) {
      const object = stored === undefined ? undefined : await mapped(type, stored);
      if (object !== undefined) objects.push(object as T);
    }
    return objects;
  };

  const page = async <T extends DirectoryUser | DirectoryGroup>(
    type: Kind,
    { after, take }: DirectoryQuery,
  ): Promise<DirectoryPage<T>> => {
    if (resources.capabilities.idOrder !== true) {
      throw new NotImplementedError(
        "This storage does not list in the order of ids, so it cannot be read as a directory",
      );
    }
    const { resources: found, next } = await resources.list(await partition(type), { order: "id", after, take });
    const objects = await mappedAll<T>(type, found);
    return next === undefined ? { objects } : { objects, next };
  };
  const byId = async <T extends DirectoryUser | DirectoryGroup>(type: Kind, ids: readonly string[]): Promise<T[]> => {
    const within = await partition(type);
    const limit = pLimit(PARALLEL_READS);
    const found = await limit.map([...new Set(ids)], (id) => resources.find(within, id));
    return mappedAll<T>(type, found);
  };
  const members = (): MemberStorage => {
    if (resources.members !== undefined) return resources.members;
    throw new NotImplementedError("This storage does not keep memberships, so it cannot be read as a directory");
  };
  const groupsOf = async (ids: readonly string[]): Promise<Map<string, GroupRef[]>> =>
    members().groupsOf(await reading.tenant(), [...new Set(ids)]);

  return Object.freeze<Directory>({
    users: (query) => page<DirectoryUser>("User", query),
    usersById: (ids) => byId<DirectoryUser>("User", ids),
    groups: (query) => page<DirectoryGroup>("Group", query),
    groupsById: (ids) => byId<DirectoryGroup>("Group", ids),
    async members(groupId, query) {
      const { members: found, next } = await members().page(await partition("Group"), groupId, query);
      return { members: found.flatMap(memberOf), ...(next === undefined ? {} : { next }) };
    },
    async hasMembers(groupId, ids) {
      const groups = await groupsOf(ids);
      return new Set(ids.filter((id) => groups.get(id)?.some((group) => group.value === groupId && isDirect(group))));
    },
    async groupsOf(ids, options) {
      const wanted = options?.transitive === true ? () => true : isDirect;
      return new Map([...(await groupsOf(ids))].map(([id, groups]) => [id, groupIds(id, groups.filter(wanted))]));
    },
  });
}

function isDirect(group: GroupRef): boolean {
  return group.type === "direct";
}

function groupIds(of: string, groups: readonly GroupRef[]): string[] {
  return groups
    .map((group) => group.value)
    .filter((id) => id !== of)
    .sort(compareUtf8);
}

/** A directory has users and groups; members of other types are left out. */
function memberOf({ value, type }: MemberRef): DirectoryMember[] {
  return type === "User" || type === "Group" ? [{ value, type }] : [];
}
