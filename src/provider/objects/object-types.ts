import type { ScimClient } from "../../client/create-client.ts";
import type { Capabilities } from "../../client/profiles/capabilities.ts";
import type { Directory } from "../../directory/directory.ts";
import { labelOf } from "../../directory/object-name.ts";
import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { type SubjectMode, subjectId } from "../../directory/subject-id.ts";
import { mapOutbound } from "../../mapping/evaluation/map-outbound.ts";
import type { AnyMapping } from "../../mapping/expressions/define-mapping.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { groupResourceType } from "../../schema/definitions/group.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import { splitUrn } from "../../values/split-urn.ts";
import type { LinkRepository } from "../links/link-repository.ts";
import { allMembers } from "../memberships/remote-members.ts";
import type { MembershipRows } from "../memberships/rows.ts";
import type { RemoteResources } from "../remote/resources.ts";
import type { DeprovisionPolicy } from "./deprovisioning.ts";
import type { MappedObject, ObjectType, ReadObject } from "./object-type.ts";
import { type ReferenceAttribute, referenceAttributes, referredIds, withRemoteIds } from "./references.ts";
import type { Scope } from "./scope.ts";

/** What making the objects of a provider needs of its options. */
export interface ObjectOptions {
  readonly name: string;
  readonly client: ScimClient;
  readonly directory: Directory;
  readonly mappings: readonly AnyMapping[];
  readonly deprovision: DeprovisionPolicy;
  readonly subject: { readonly mode: SubjectMode };
  readonly userUpdates: "put" | "patch";
}

/** Users, as they are pushed to the application. */
export function userObjects(
  options: ObjectOptions,
  scope: Scope,
  facts: { readonly secret: string; readonly links: LinkRepository; readonly remote: RemoteResources },
): ObjectType {
  const { directory, deprovision, userUpdates } = options;
  const { secret, links, remote } = facts;
  const references = referenceAttributes(userResourceType);
  return {
    type: userResourceType,
    remote,
    nameAttribute: "userName",
    updateMode: async () => {
      const { patch, put, etag } = await abilitiesOf(options, userResourceType);
      return { patches: patch && (userUpdates === "patch" || !put), versions: etag };
    },
    canDeactivate: true,
    deprovision,
    preserved: async () => ({}),
    read: async (ids) => {
      const found = new Map((await directory.usersById(ids)).map((user) => [user.id, user]));
      const present = ids.flatMap((id) => found.get(id) ?? []);
      const verdicts = await scope.users(present);
      const byId = new Map(present.map((user, index) => [user.id, verdicts[index]]));
      return ids.map((id) => {
        const user = found.get(id);
        // Looked up once for each object: the create must send exactly what is then recorded as sent.
        const remoteIds = new Map<string, string | undefined>();
        return readObject(id, user, byId.get(id), {
          label: user && labelOf(user),
          map: async (phase, externalId) => {
            const subject = externalId ?? (await subjectId(user ?? { id }, { ...subjectOptions(options), secret }));
            const mapped = await mapObject(options, userResourceType, user, { phase, subject });
            return "skipped" in mapped ? mapped : translate(mapped, references, { links, remoteIds });
          },
        });
      });
    },
  };
}

/** Groups, as they are pushed to the application, without their members. */
export function groupObjects(
  options: ObjectOptions,
  scope: Scope,
  facts: { readonly rows: MembershipRows; readonly remote: RemoteResources },
): ObjectType {
  const { directory, deprovision } = options;
  const { rows, remote } = facts;
  return {
    type: groupResourceType,
    remote,
    nameAttribute: "displayName",
    // A PUT must contain every member.
    updateMode: async () => {
      const { patch, etag } = await abilitiesOf(options, groupResourceType);
      return { patches: patch, versions: etag };
    },
    canDeactivate: false,
    deprovision,
    preserved: async (id, group) => ({ members: await allMembers(rows, id, group) }),
    read: async (ids) => {
      const found = new Map((await directory.groupsById(ids)).map((group) => [group.id, group]));
      const verdicts = await Promise.all(ids.map((id) => verdictOf(scope, found.get(id))));
      return ids.map((id, index) => {
        const group = found.get(id);
        return readObject(id, group, verdicts[index], {
          label: group && labelOf(group),
          map: async (phase, externalId) =>
            mapObject(options, groupResourceType, group, { phase, subject: externalId ?? id }),
        });
      });
    },
  };
}

/** Read each time: the client caches the response, and what it learned from rejected requests. */
async function abilitiesOf(options: ObjectOptions, type: ResourceType): Promise<Capabilities> {
  return (await options.client.serviceProviderConfig({ type })).capabilities;
}

/** Replaces the ids of the directory by the ids of the application. References to missing resources must wait. */
async function translate(
  mapped: Extract<MappedObject, { document: unknown }>,
  references: readonly ReferenceAttribute[],
  known: { readonly links: LinkRepository; readonly remoteIds: Map<string, string | undefined> },
): Promise<MappedObject> {
  const { links, remoteIds } = known;
  const ids = referredIds(mapped.document, references);
  const unasked = ids.filter((id) => !remoteIds.has(id));
  const stored = unasked.length === 0 ? [] : await links.getAll(userResourceType.name, unasked);
  for (const [index, id] of unasked.entries()) remoteIds.set(id, stored[index]?.link.remoteId);
  return {
    ...mapped,
    document: withRemoteIds(mapped.document, references, remoteIds),
    isWaiting: ids.some((id) => remoteIds.get(id) === undefined),
  };
}

async function verdictOf(scope: Scope, group: DirectoryGroup | undefined): Promise<ReadObject["verdict"]> {
  return group === undefined ? undefined : scope.group(group);
}

function subjectOptions({ subject }: ObjectOptions): { mode: SubjectMode } {
  return { mode: subject.mode };
}

function readObject(
  id: string,
  object: DirectoryUser | DirectoryGroup | undefined,
  verdict: ReadObject["verdict"],
  parts: {
    readonly label: string | undefined;
    readonly map: (phase: "create" | "update", externalId: string | undefined) => Promise<MappedObject>;
  },
): ReadObject {
  return {
    id,
    label: parts.label,
    verdict: object === undefined ? undefined : verdict,
    map: ({ phase, externalId }) => parts.map(phase, externalId),
  };
}

async function mapObject(
  options: ObjectOptions,
  type: ResourceType,
  object: DirectoryUser | DirectoryGroup | undefined,
  facts: { readonly phase: "create" | "update"; readonly subject: string },
): Promise<MappedObject> {
  if (object === undefined) throw new TypeError("There is no object to map");
  const result = await mapOutbound({
    type,
    mappings: options.mappings,
    object,
    provider: { name: options.name },
    subjectId: facts.subject,
    phase: facts.phase,
  });
  if ("skipped" in result) return { skipped: result.reason };
  const document = withCleared(result.resource, result.cleared);
  return { document, secrets: result.secrets, isWaiting: false };
}

/** A document in which each of these paths has no value. */
function withCleared(resource: Record<string, unknown>, cleared: readonly string[]): Record<string, unknown> {
  const document = { ...resource };
  for (const path of cleared) {
    const { urn, name } = splitUrn(path);
    if (urn === undefined) {
      document[name] = null;
      continue;
    }
    const data = document[urn];
    document[urn] = { ...(typeof data === "object" ? data : {}), [name]: null };
  }
  return document;
}
