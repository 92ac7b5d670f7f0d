import type { Write } from "../server/requests/write.ts";
import { ApplicationIds, type OwnId } from "./changes/application-ids.ts";
import type { MappedChange } from "./delivery/delivered-change.ts";
import { type GroupRoles, rolesOfWrite } from "./delivery/roles.ts";
import { adoptionOf } from "./guard/adoption.ts";
import type { SourceGuard } from "./guard/source-guard.ts";
import { releasedBy, withKept } from "./reading/kept-attributes.ts";
import { mapResource, mapWrite } from "./reading/map-write.ts";
import type { ResolvedSourceOptions } from "./source-options.ts";

/** What computing the change for the directory needs. */
export interface MappedChangeContext {
  readonly options: ResolvedSourceOptions;
  readonly guard: SourceGuard;
  readonly roles: GroupRoles;
}

/** What the directory gets of a write. */
export async function mappedChange(context: MappedChangeContext, write: Write): Promise<MappedChange> {
  const { options, guard } = context;
  const { partition, after } = write;
  const roles = await rolesOfWrite(context.roles, options.storage.resources, write);
  if (partition.type !== "User") return { mapped: await mapWrite(options.mappings, write), roles };
  const unverified = after === undefined ? undefined : await guard.unverified(after.attributes);
  const known = await knownAccount(options, write);
  if (write.action === "delete") return { ...(await mappedDelete(options, write, known)), roles };
  if (options.adopt !== undefined && write.action === "create" && known === undefined) {
    const adoption = await adoptionOf(write, { adopt: options.adopt, protect: options.protect, unverified });
    if (adoption !== undefined) {
      const mapped = await mapWrite(options.mappings, withKept(write, adoption.kept), "update");
      return { mapped, unverified, adoption };
    }
  }
  const keep = releasedBy(write, known?.kept);
  const mapped = await mapWrite(options.mappings, withKept(write, keep ?? known?.kept));
  return { mapped, unverified, roles, keep };
}

/** What is stored about the account of a user, if the source adopts accounts. */
async function knownAccount(options: ResolvedSourceOptions, write: Write): Promise<OwnId | undefined> {
  const isNew = write.action === "create" && write.restored !== true;
  if (options.adopt === undefined || isNew) return undefined;
  return new ApplicationIds(options.storage.state, write.partition.tenant).accountOf({ type: "User", id: write.id });
}

/** What a DELETE of a user means for the directory. An adopted account is not removed, unless the application says so. */
async function mappedDelete(
  options: ResolvedSourceOptions,
  write: Write,
  known: OwnId | undefined,
): Promise<MappedChange> {
  const { id, partition, before } = write;
  const isAdopted = known?.kept !== undefined;
  const removal = isAdopted && options.removal === "remove" ? options.adopt?.removal : options.removal;
  if (removal === undefined || removal === "remove" || before === undefined) return {};
  const keepsId = options.recreate === "restore" || undefined;
  if (removal === "unlink") return { removal, keepsId };
  const attributes = { ...before.attributes, ...known?.kept, active: false };
  const { members } = options.storage.resources;
  const groups = (await members?.groupsOf(partition.tenant, [id]))?.get(id) ?? [];
  const leaves = groups.filter((group) => group.type === "direct").map(({ value }) => value);
  const mapped = await mapResource(options.mappings, { id, type: partition.type, attributes }, "update");
  return { removal, keepsId, leaves, mapped };
}
