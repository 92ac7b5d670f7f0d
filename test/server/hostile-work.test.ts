import fc from "fast-check";
import { expect, it } from "vitest";
import type { ScimEvent } from "../../src/observe/events.ts";
import { type App, createApp, createGroup, createUser, EVERY_STORAGE } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";
import { type HostileData, type HostileRequest, hostileRequests } from "./hostile-requests.ts";

/** A fiftieth of the default, for a fiftieth of the data. */
const MAX_WORK = 200_000;

async function seed(app: App): Promise<HostileData> {
  const ids: string[] = [];
  for (let index = 0; index < 300; index += 1) {
    const emails = [{ value: `u${index}@example.com` }, { value: `é${index}@example.com` }];
    ids.push(await createUser(app, `user ${index}`, { title: `Title ${index}`, emails }));
  }
  const emails = Array.from({ length: 400 }, (_, index) => ({ value: `é${index}@example.org` }));
  const hugeUser = await createUser(app, "huge", { title: "é".repeat(50_000), emails });
  const bigGroup = await createGroup(app, "big", ids);
  let deepGroup = bigGroup;
  for (let depth = 0; depth < 30; depth += 1) deepGroup = await createGroup(app, `é${depth}`.repeat(500), [deepGroup]);
  return { hugeUser, bigGroup, deepGroup };
}

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
    const data = await seed(app);
    const other = createApp({ storage: app.storage }).as("other");
    await createUser(other, "somebody else");
    const hostile = createApp({ storage: app.storage, limits: { maxWork: MAX_WORK } });
    await fc.assert(
      fc.asyncProperty(hostileRequests(data), async (request) => {
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
      runs({ seed: 11, numRuns: 60 }),
    );
    await app.storage.close();
  },
);
