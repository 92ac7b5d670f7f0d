import type { ProviderContext } from "../context/provider-context.ts";
import type { ObjectType } from "../objects/object-type.ts";

/**
 * The name of an object that failed before or while it was read: from its link or from the directory, otherwise its id.
 * Never rejects, since something has failed already.
 */
export async function knownLabel({ links }: ProviderContext, { type, read }: ObjectType, id: string): Promise<string> {
  try {
    const { link } = await links.get({ type: type.name, id });
    return link.label ?? (await read([id]))[0]?.label ?? id;
  } catch {
    return id;
  }
}
