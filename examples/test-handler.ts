/** Your handler, tested with the requests of Entra ID, in memory. */
import assert from "node:assert/strict";
import { createSource, memoryStorage } from "scimkit";
import { simulateEntra } from "scimkit/testing";
import { startedDirectly } from "./started-directly.ts";

/** Assigns two users and a group in a simulated Entra ID, and returns the requests that it sent. */
export async function main(): Promise<readonly string[]> {
  const source = createSource({ slug: "entra", baseUrl: "https://app.example", storage: memoryStorage() });
  const { token } = await source.tokens.issue({ name: "test" });

  // #region entra
  const entra = simulateEntra(source.fetch, { baseUrl: source.baseUrl, token });
  await entra.testConnection();
  const ada = await entra.provision({ userName: "ada@example.com", displayName: "Ada Lovelace" });
  const grace = await entra.provision({ userName: "grace@example.com", displayName: "Grace Hopper" });
  await entra.rename(ada, "ada.king@example.com");
  const group = await entra.provisionGroup({ displayName: "Engineers", members: [ada, grace] });
  await entra.changeMembers(group, { remove: [grace] });
  await entra.deactivate(grace);
  await entra.delete(ada);
  assert.equal(entra.exchanges.at(-1)?.status, 404); // Ada was read again after the DELETE
  // #endregion entra
  return entra.exchanges.map(({ method, path, status }) => `${method} ${decodeURIComponent(path)} ${status}`);
}

if (startedDirectly(import.meta.url)) for (const line of await main()) console.log(line);
