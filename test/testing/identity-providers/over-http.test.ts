import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createSource, memoryStorage } from "scimkit";
import { toNodeListener } from "scimkit/node";
import { simulateOkta, simulateOneLogin } from "scimkit/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PRODUCTS } from "./products.ts";

describe("simulated identity providers over HTTP", () => {
  let server: Server;
  let options: { readonly baseUrl: string; readonly token: string };
  let received: IncomingHttpHeaders[];
  beforeEach(async () => {
    received = [];
    server = createServer((request) => void received.push(request.headers));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const source = createSource({ slug: "people", baseUrl, storage: memoryStorage() });
    server.on("request", toNodeListener(source.fetch));
    options = { baseUrl: `${source.baseUrl}/`, token: (await source.tokens.issue({ name: "test" })).token };
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it.each(Object.entries(PRODUCTS))("%s works with fetch and a server", async (_, product) => {
    await product.live(fetch, options).run();
  });

  it("send the User-Agent of Okta, and the empty one of OneLogin", async () => {
    await simulateOkta(fetch, options).testConnection();
    await simulateOneLogin(fetch, options).testConnection();
    expect(new Set(received.map((headers) => headers["user-agent"]))).toEqual(new Set(["Okta SCIM Client 1.0.0", ""]));
    expect(received[0]).toMatchObject({ "accept-charset": "utf-8", accept: "application/scim+json" });
  });

  it("report a server that is down as not reachable", async () => {
    const okta = simulateOkta(fetch, { baseUrl: "http://127.0.0.1:1/scim/v2", token: "secret" });
    await expect(okta.testConnection()).rejects.toMatchObject({ check: "reachable" });
  });
});
