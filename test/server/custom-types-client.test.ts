import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toNodeListener } from "../../src/adapters/node.ts";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import { createScimClient, type ScimClient } from "../../src/client/create-client.ts";
import { filter } from "../../src/client/resources/filter-template.ts";
import type { Resource } from "../../src/protocol/resources.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { deviceType, ETHERNET } from "../schema/device-type.ts";

interface Device extends Resource {
  serialNumber: string;
  active: boolean;
  ports?: number;
  [ETHERNET]?: { macAddresses: string[] };
}

const server = createServer();
let client: ScimClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
  const authenticate = () => ({ id: "client", tenant: "acme", rights: "write" as const });
  const handler = createScimHandler({ baseUrl, storage: memoryStorage(), authenticate, resourceTypes: [deviceType] });
  server.on("request", toNodeListener(handler));
  client = createScimClient({ baseUrl, auth: bearerToken("any") });
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

it("a client made from the same definition reads and writes a user's own type, typed [req 63]", async () => {
  const devices = client.resource<Device>(deviceType);
  const { resource } = await devices.create({
    serialNumber: "SN-1",
    active: true,
    ports: 8,
    [ETHERNET]: { macAddresses: ["00:1B:44:11:3A:B7"] },
  });
  const serials: string[] = [];
  for await (const found of devices.list({ filter: filter`ports gt ${7}` })) serials.push(found.serialNumber);
  expect(serials).toEqual(["SN-1"]);
  const patched = await devices.patch(resource.id, [{ op: "replace", path: "ports", value: 16 }]);
  expect(patched?.ports).toBe(16);
  const read = await devices.get(resource.id);
  expect(read[ETHERNET]?.macAddresses).toEqual(["00:1B:44:11:3A:B7"]);
  await devices.delete(resource.id);
  await expect(devices.get(resource.id)).rejects.toMatchObject({ name: "NotFoundError" });
});
