import fc from "fast-check";
import { memoryStorage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { createGroup, createUser } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";
import { createSourceApp, RecordingDirectory } from "../helpers/source-app.ts";
import { anyRequests, fittingRequests } from "../server/arbitrary-requests.ts";

describe("any request to a source", () => {
  it("gets a response of SCIM, never a 500, and leaves storage and directory the same [req 186, 187]", async () => {
    const directory = new RecordingDirectory();
    const app = await createSourceApp({ storage: memoryStorage(), directory });
    const { source, token, events } = app;
    let made = 0;
    /** The ids of what is there, for the names that requests have for them. */
    const known = async (): Promise<(text: string) => string> => {
      made += 1;
      const user = [...directory.users.keys()].at(-1) ?? (await createUser(app, `known${made}`));
      const group = [...directory.groups.keys()].at(-1) ?? (await createGroup(app, "known"));
      return (text) => text.replaceAll("known-user", user).replaceAll("known-group", group);
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyRequests, fittingRequests), async ({ method, target, headers, body }) => {
        const bare = method === "GET" || method === "HEAD" || body.length === 0;
        const put = await known();
        const request = new Request(`${source.baseUrl}${put(target)}`, {
          method,
          headers: { "content-type": "application/scim+json", ...headers, authorization: `Bearer ${token}` },
          ...(bare ? {} : { body: typeof body === "string" ? put(body) : body }),
        });
        const answer = await source.fetch(request);
        const text = await answer.text();
        expect(events.flatMap((event) => (event.type === "server.error" ? [event.error] : []))).toEqual([]);
        expect(answer.status === 501 || answer.status < 500, `${answer.status} ${text}`).toBe(true);
        if (text !== "" && answer.status >= 400) expect(JSON.parse(text).status).toBe(String(answer.status));
        events.length = 0;
      }),
      runs({ seed: 7642, numRuns: 300 }),
    );
    const kept = source.directory();
    const users = await kept.usersById([...directory.users.keys()]);
    expect(users.map(({ id, userName }) => [id, userName]).sort()).toEqual(
      [...directory.users.values()].map(({ id, userName }) => [id, userName]).sort(),
    );
    const groups = await kept.groupsById([...directory.groups.keys()]);
    expect(groups.map(({ id }) => id).sort()).toEqual([...directory.groups.keys()].sort());
    expect(new Set(directory.calls.map(({ method }) => method)).size).toBe(5);
  });
});
