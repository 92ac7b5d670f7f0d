import type { ProviderContext } from "../context/provider-context.ts";
import type { ObjectType } from "../objects/object-type.ts";

/**
 * What people call an object that failed before it was read, or while it was: its name from its link or from the directory,
 * otherwise its id. Never rejects: something failed already.
 */
export async function knownLabel({ links }: ProviderContext, { type, read }: ObjectType, id: string): Promise<string> {
  try {
    const { link } = await links.get({ type: type.name, id });
    return link.label ?? (await read([id]))[0]?.label ?? id;
  } catch {
    return id;
  }
}
