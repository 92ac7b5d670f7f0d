import fc from "fast-check";
import { expect, it } from "vitest";
import type { ScimEvent } from "../../src/observe/events.ts";
import { createHostileData } from "../helpers/hostile/data.ts";
import { type HostileRequest, hostileRequests } from "../helpers/hostile/requests.ts";
import { createApp, createUser, EVERY_STORAGE } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";

/** A fiftieth of the default, for a fiftieth of the data. */
const MAX_WORK = 200_000;

const SIZES = { users: 300, hugeUsers: 1, longText: 50_000, values: 400, bigGroups: 1, members: 300, depth: 30 };

function checkResponse(request: HostileRequest, event: ScimEvent | undefined): void {
  const shown = `${request.method} ${request.path.slice(0, 200)} ${JSON.stringify(event)}`;
  if (event?.type !== "server.response") throw new TypeError(`No response: ${shown}`);
  expect(event.status, shown).toBeLessThan(500);
  const isRefused = event.scimType === "tooMany" || event.scimType === "invalidFilter" || event.status === 413;
  // The later operations of a bulk request are refused one by one.
  if (event.work > MAX_WORK && event.route !== "/Bulk") expect(isRefused, shown).toBe(true);
}

it.each(Object.keys(EVERY_STORAGE))(
  "permitted requests that are as expensive as they can be stay within their budget, over %s storage",
  async (name) => {
    const app = createApp({ storage: EVERY_STORAGE[name]?.(), limits: { maxWork: 100_000_000 } });
    await app.storage.migrate();
    const data = await createHostileData(async (method, path, body) => {
      const answer = await app.send(method, path, body);
      return { status: answer.status, id: String(answer.body.id) };
    }, SIZES);
    const other = createApp({ storage: app.storage }).as("other");
    await createUser(other, "somebody else");
    const hostile = createApp({ storage: app.storage, limits: { maxWork: MAX_WORK } });
    await fc.assert(
      fc.asyncProperty(hostileRequests(data, { most: 3000, longest: 400_000, terms: 200 }), async (request) => {
        hostile.events.length = 0;
        const attack = hostile.send(request.method, request.path, request.body);
        const { status, body } = await other.send("GET", "/Users");
        expect([status, body.totalResults]).toEqual([200, 1]);
        await attack;
        checkResponse(
          request,
          hostile.events.find((event) => event.type === "server.response"),
        );
      }),
      runs({ seed: 11, numRuns: 40 }),
    );
    await app.storage.close();
  },
);
