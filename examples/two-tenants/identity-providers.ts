/** What the identity providers of the customers do at the first start of the example. */
import { bearerToken, createScimClient, type Sources } from "scimkit";
import type { Customer } from "./tables.ts";

/** Creates the same two user names and a group for a customer. */
export async function provision(sources: Sources, customer: Customer): Promise<void> {
  const source = await sources.get(customer.slug);
  if (source === undefined) return;
  const { token, id } = await source.tokens.issue({ name: "first users" });
  const client = createScimClient({ baseUrl: source.baseUrl, auth: bearerToken(token), fetch: sources.fetch });
  const members: { value: string }[] = [];
  for (const [login, displayName] of [
    ["ada", "Ada Lovelace"],
    ["grace", "Grace Hopper"],
  ]) {
    const user = { userName: `${login}@${customer.domain}`, displayName, active: login === "ada" };
    const { resource } = await client.users.create(user);
    if (resource?.id !== undefined) members.push({ value: resource.id });
  }
  await client.groups.create({ displayName: `${customer.name} engineers`, members });
  await source.tokens.revoke(id);
}
