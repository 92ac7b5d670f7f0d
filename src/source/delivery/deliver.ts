import type { MappedGroup, MappedUser } from "../../mapping/expressions/mapped-objects.ts";
import type { Intent } from "./intents.ts";
import type { DeliveryContext, SourceDirectory } from "./source-directory.ts";

/** How resources of one type reach a directory. */
interface Delivery {
  save(directory: SourceDirectory, object: MappedUser & MappedGroup, context: DeliveryContext): Promise<void>;
  remove(directory: SourceDirectory, id: string, context: DeliveryContext): Promise<void>;
}

/**
 * The resource types a directory takes, by name. Resources of other types stay in the source and are not delivered. A map,
 * since a type can have the name of a property that every object inherits, such as `constructor`.
 */
const DELIVERIES: ReadonlyMap<string, Delivery> = new Map<string, Delivery>([
  [
    "User",
    {
      save: (directory, user, context) => directory.saveUser(user, context),
      remove: (directory, id, context) => directory.removeUser(id, context),
    },
  ],
  [
    "Group",
    {
      save: (directory, group, context) => directory.saveGroup(group, context),
      remove: (directory, id, context) => directory.removeGroup(id, context),
    },
  ],
]);

/** Whether a directory takes resources of this type. */
export function isDelivered(type: string): boolean {
  return DELIVERIES.has(type);
}

/** Delivers a change to a directory. An error of the directory is passed on as it is. */
export async function deliver(
  directory: SourceDirectory,
  intent: Intent,
  extra: { readonly source: string; readonly password: string | undefined },
): Promise<void> {
  const delivery = DELIVERIES.get(intent.partition.type);
  if (delivery === undefined) return;
  const context: DeliveryContext = {
    idempotencyKey: `${intent.id}:${intent.next.version}`,
    source: extra.source,
    action: intent.action === "create" || intent.action === "delete" ? intent.action : "update",
    resource: intent.after && { ...intent.after.attributes, id: intent.id },
    password: extra.password,
  };
  if (intent.action === "delete") return delivery.remove(directory, intent.id, context);
  if (intent.mapped !== undefined) {
    await delivery.save(directory, intent.mapped as MappedUser & MappedGroup, context);
  }
  if (intent.added.length > 0 || intent.removed.length > 0) {
    const change = { added: intent.added, removed: intent.removed };
    await directory.changeMembers(intent.id, change, { ...context, resource: undefined, password: undefined });
  }
}
