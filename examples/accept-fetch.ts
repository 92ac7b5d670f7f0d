/** The smallest program that accepts users and groups: in memory, on every runtime that has Request and Response. */
import { createSource, memoryStorage } from "scimkit";
import { startedDirectly } from "./started-directly.ts";

/** Opens a source, lets an identity provider create a user, and returns the response of the source. */
export async function main(): Promise<Record<string, unknown>> {
  // #region source
  const source = createSource({ slug: "entra", baseUrl: "https://app.example", storage: memoryStorage() });
  const { token } = await source.tokens.issue({ name: "Entra ID" }); // shown once, stored as a hash
  // #endregion source

  // #region request
  const request = new Request(`${source.baseUrl}/Users`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
    body: JSON.stringify({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "ada@example.com",
      name: { givenName: "Ada", familyName: "Lovelace" },
    }),
  });
  const response = await source.fetch(request); // 201, with the user's id
  // #endregion request
  return response.json();
}

if (startedDirectly(import.meta.url)) console.log(await main());
