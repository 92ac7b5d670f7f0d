import fc from "fast-check";
import type { ScimEvent } from "scimkit";
import { arrayDirectory } from "scimkit/directory";
import { TargetUnusableError } from "scimkit/errors";
import type { Change, LinkState } from "scimkit/provider";
import { describe, expect, it } from "vitest";
import { LINK_STATES, type Link } from "../../src/provider/links/link.ts";
import type { MembershipStatus } from "../../src/provider/memberships/rows.ts";
import { providerTables } from "../helpers/provider-records.ts";
import { type PushScene, pushScene, refusal } from "../helpers/push-scene.ts";
import { runs } from "../helpers/soak.ts";

type StoredState = Exclude<LinkState, "gone">;

const STATES = LINK_STATES.filter((state): state is StoredState => state !== "gone");

/** What has happened to one object since it was synced: to its link, over there, and in the directory. */
interface Fate {
  readonly state: StoredState;
  readonly isSentKnown: boolean;
  readonly remote: "there" | "gone" | "changed";
  readonly directory: "same" | "changed" | "deleted" | "left";
}

const fate: fc.Arbitrary<Fate> = fc.record({
  state: fc.constantFrom(...STATES),
  isSentKnown: fc.boolean(),
  remote: fc.constantFrom("there", "there", "gone", "changed"),
  directory: fc.constantFrom("same", "changed", "deleted", "left"),
});

/**
 * The application may refuse a member who is gone over there and whom we take to be there: no plan can foresee that, since
 * nobody asks before.
 */
function shownThere(happened: Fate): Fate {
  return happened.remote === "gone" ? { ...happened, remote: "there" } : happened;
}

/** A link as it would be stored in a state, made of what it was when it was linked. */
function linkIn({ state, isSentKnown }: Fate, linked: Link): Link {
  const { remoteId, origin, externalId, scopeRevision, label, sent } = linked;
  const document = sent === "unknown" || sent === undefined ? {} : sent;
  const facts = { origin, externalId, scopeRevision, label };
  const matchKeys = [{ attribute: "externalId", value: String(document.externalId) }];
  const unknown = { remoteId, sent: "unknown", told: document } as const;
  switch (state) {
    case "absent":
      return { state: "gone" };
    case "creating":
      return { ...facts, state, intent: { operation: "create", document, matchKeys } };
    case "missing":
    case "waiting":
    case "blocked":
      return { ...facts, state, formerId: remoteId, told: document, ...(isSentKnown ? { tried: "before" } : {}) };
    case "updating":
      return { ...facts, ...unknown, state, intent: { operation: "update", document } };
    case "deactivating":
      return { ...facts, ...unknown, state, intent: { operation: "deactivate" } };
    case "deleting":
      return { ...facts, ...unknown, state, intent: { operation: "delete" }, cameFrom: "leaving" };
    default:
      return { ...facts, state, ...(isSentKnown && state !== "deactivated" ? { remoteId, sent } : unknown) };
  }
}

/** Rewrites what is stored of an object. */
async function rewriteLink(scene: PushScene, type: "User" | "Group", id: string, change: (link: Link) => Link) {
  const { links } = await providerTables(scene.storage);
  const stored = await links.get({ type, id });
  await links.save({ type, id }, stored, change(stored.link));
  return stored.link;
}

async function undergo(scene: PushScene, type: "User" | "Group", id: string, happened: Fate): Promise<void> {
  const { remoteId } = await rewriteLink(scene, type, id, (link) => linkIn(happened, link));
  const path = `/${type}s/${remoteId}`;
  if (happened.remote === "gone") await scene.remote.send("DELETE", path);
  if (happened.remote === "changed") {
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    const operation = { op: "replace", path: "displayName", value: `${id} over there` };
    await scene.remote.send("PATCH", path, { schemas, Operations: [operation] });
  }
  const kept = <T extends { id: string }>(objects: T[]): T[] =>
    happened.directory === "deleted" ? objects.filter((object) => object.id !== id) : objects;
  if (happened.directory === "changed") {
    scene.change(id, { displayName: `${id} renamed` });
    scene.groups = scene.groups.map((group) => (group.id === id ? { ...group, displayName: `${id} renamed` } : group));
  }
  if (happened.directory === "left") scene.change(id, { hasLeft: true });
  scene.users = kept(scene.users);
  scene.groups = kept(scene.groups);
}

/** What a plan or a sync did, in a form in which both can be compared. */
type Deed = readonly [action: string, type: string, id: string, what: string];

const ACTIONS: Readonly<Record<string, string>> = {
  ...{ created: "create", adopted: "adopt", updated: "update", deactivated: "deactivate", deleted: "delete" },
  ...{ kept: "keep", unlinked: "unlink", failed: "blocked" },
};
const SENDS: ReadonlySet<string> = new Set(["create", "adopt", "update"]);

function plannedDeed({ action, type, id, attributes, members }: Change): Deed {
  if (members !== undefined) return [action, type, id, `+${members.add} -${members.remove}`];
  return [action, type, id, SENDS.has(action) ? [...attributes].sort().join() : ""];
}

function doneDeed(event: ScimEvent): Deed[] {
  if (event.type === "provider.membership") {
    const { groupId, added, removed } = event;
    return added + removed === 0 ? [] : [["members", "Group", groupId, `+${added} -${removed}`]];
  }
  if (event.type !== "provider.object" || event.did === "nothing") return [];
  const action = ACTIONS[event.did] ?? event.did;
  return [[action, event.resourceType, event.id, SENDS.has(action) ? [...event.attributes].sort().join() : ""]];
}

async function planThenSync(
  scene: PushScene,
  more: Parameters<PushScene["provider"]>[0] = {},
): Promise<{ readonly planned: Deed[]; readonly done: Deed[] }> {
  const events: ScimEvent[] = [];
  const provider = scene.provider({
    observe: (event) => void events.push(event),
    scope: { access: ({ hasLeft }) => hasLeft !== true },
    ...{ guard: false, concurrency: 1, pageSize: 2, ...more },
  });
  const planned: Deed[] = [];
  scene.remote.drain();
  const before = JSON.stringify(await storedState(scene));
  for await (const change of provider.plan()) planned.push(plannedDeed(change));
  expect(scene.remote.writes()).toEqual([]);
  expect(JSON.stringify(await storedState(scene))).toBe(before);
  await provider.sync();
  return { planned, done: events.flatMap(doneDeed) };
}

async function storedState({ storage }: PushScene): Promise<unknown> {
  return Promise.all(
    ["links", "memberships", "runs", "settings"].map((name) => storage.state.scan(name, { take: 999 })),
  );
}

async function synced(options: Parameters<typeof pushScene>[0] = {}): Promise<PushScene> {
  const scene = pushScene(options);
  await scene.provider({ scope: { access: () => true } }).sync();
  return scene;
}

describe("what a plan announces is what the sync then does", () => {
  it.each(STATES)("from the state %s, for users and groups, whatever happened there and here", async (state) => {
    for (const remote of ["there", "gone", "changed"] as const) {
      for (const directory of ["same", "changed", "deleted", "left"] as const) {
        for (const [type, id] of [
          ["User", "ann"],
          ["Group", "few"],
        ] as const) {
          const scene = await synced();
          await undergo(scene, type, id, { state, remote, directory, isSentKnown: true });
          const { planned, done } = await planThenSync(scene);
          expect(planned, `${type} in ${state}, ${remote} there, ${directory} here`).toEqual(done);
        }
      }
    }
  });

  it("for several objects at once, by PUT and by PATCH", async () => {
    const fates = fc.record({ ann: fate, bob: fate, cy: fate, staff: fate, few: fate, patch: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fates, async ({ patch, ...each }) => {
        const scene = await synced({ capabilities: { patch } });
        for (const [id, drawn] of Object.entries(each)) {
          const happened = id === "staff" || id === "few" ? drawn : shownThere(drawn);
          await undergo(scene, id === "staff" || id === "few" ? "Group" : "User", id, happened);
        }
        const { planned, done } = await planThenSync(scene);
        expect(planned).toEqual(done);
      }),
      runs({ seed: 20_261_201, numRuns: 60 }),
    );
  });

  it("for memberships in every state, whichever members were added and removed", async () => {
    const status = fc.constantFrom<(MembershipStatus | "none")[]>("adding", "present", "removing", "deferred", "none");
    const member = fc.record({ status, isMember: fc.boolean(), isCurrent: fc.boolean(), linked: fate });
    await fc.assert(
      fc.asyncProperty(fc.record({ ann: member, bob: member, cy: member }), async (members) => {
        const scene = await synced();
        const { rows } = await providerTables(scene.storage);
        for (const [id, { status: row, isMember, isCurrent, linked }] of Object.entries(members)) {
          const [known] = [...(await rows.find("staff", [id])).values()];
          if (known === undefined) throw new TypeError("every member was pushed");
          const remoteGroupId = isCurrent ? known.remoteGroupId : "of another group";
          if (row === "none") await rows.write([], [known]);
          else if (row === "deferred") await rows.write([{ groupId: "staff", memberId: id, status: row }], []);
          else await rows.write([{ ...known, remoteGroupId, status: row }], []);
          if (!isMember) {
            scene.groups = scene.groups.map((group) =>
              group.id === "staff" ? { ...group, members: group.members.filter((each) => each !== id) } : group,
            );
          }
          if (linked.state === "linked" || linked.state === "absent")
            await undergo(scene, "User", id, shownThere(linked));
        }
        const { planned, done } = await planThenSync(scene);
        expect(planned).toEqual(done);
      }),
      runs({ seed: 20_261_202, numRuns: 60 }),
    );
  });
});

describe("a plan after something went wrong", () => {
  it("finds the create whose response was lost, as the next sync does", async () => {
    const scene = pushScene();
    let lost = 0;
    scene.remote.fault = async (request, body) => {
      if (request.method !== "POST" || lost > 0) return undefined;
      lost += 1;
      await scene.remote.send("POST", "/Users", JSON.parse(body));
      throw new TypeError("fetch failed", { cause: new Error("socket hang up") });
    };
    await scene.provider({ concurrency: 1 }).sync();
    scene.remote.fault = () => undefined;
    const { planned, done } = await planThenSync(scene);
    expect(planned).toEqual(done);
    expect(planned).toContainEqual(["create", "User", "ann", ""]);
  });

  it("shows what the guard holds, and that it is held", async () => {
    const scene = pushScene();
    scene.users = Array.from({ length: 30 }, (_, index) => ({ id: `u${index}`, userName: `n${index}`, active: true }));
    scene.groups = [];
    await scene.provider().sync();
    scene.users = [];
    const changes: Change[] = [];
    for await (const change of scene.provider().plan()) changes.push(change);
    expect(changes).toHaveLength(30);
    expect(changes.every(({ action, held }) => action === "delete" && held)).toBe(true);
    expect(changes[0]?.summary).toContain("held by the guard");
  });

  it("can be left before its end, and stops asking the application", async () => {
    const scene = pushScene();
    scene.users = Array.from({ length: 50 }, (_, index) => ({ id: `u${index}`, userName: `n${index}`, active: true }));
    for await (const _ of scene.provider({ pageSize: 5 }).plan()) break;
    expect(scene.remote.log.length).toBeLessThan(10);
  });
});

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

/** What nobody has to guess: the application refuses it by what SCIM says, and shows so beforehand. */
describe("a plan foresees what the application will refuse", () => {
  it("a name that somebody else has, or that two exchange, or that becomes free", async () => {
    const names: Record<string, string>[] = [
      { ann: "zed" },
      { ann: "bob", bob: "ann" },
      { ann: "bob", bob: "bert" },
      { ann: "BOB", bob: "bob" },
    ];
    for (const each of names) {
      for (const userUpdates of ["put", "patch"] as const) {
        const scene = await synced();
        await scene.remote.send("POST", "/Users", { schemas: [USER], userName: "zed" });
        for (const [id, userName] of Object.entries(each)) scene.change(id, { userName });
        const { planned, done } = await planThenSync(scene, { userUpdates });
        expect(planned, JSON.stringify(each)).toEqual(done);
      }
    }
  });

  it("a second user of the same name, also where it cannot filter", async () => {
    for (const filters of [true, false]) {
      const scene = pushScene();
      scene.users.push({ id: "ann2", userName: "ann", active: true });
      if (!filters) scene.remote.fault = ({ url }) => (url.includes("filter=") ? refusal(400) : undefined);
      const { planned, done } = await planThenSync(scene);
      expect(planned).toEqual(done);
      expect(planned).toContainEqual(["blocked", "User", "ann2", ""]);
    }
  });

  it("a group, or a user that must be deleted, that no longer exists", async () => {
    for (const gone of ["few", "ann"]) {
      for (const patch of [true, false]) {
        const scene = await synced({ capabilities: { patch } });
        const endpoint = gone === "few" ? "/Groups" : "/Users";
        const there = (await scene.remote.all(endpoint)).find(({ displayName }) => displayName === gone);
        await scene.remote.send("DELETE", `${endpoint}/${there?.id}`);
        if (gone === "ann") {
          await scene.remote.send("POST", "/Users", { schemas: [USER], userName: "ann" });
          scene.users = scene.users.filter(({ id }) => id !== "ann");
        }
        scene.groups = scene.groups.map((group) => ({ ...group, members: ["bob"] }));
        const { planned, done } = await planThenSync(scene);
        expect(planned, `${gone}, ${patch}`).toEqual(done);
      }
    }
  });
});

describe("a plan that cannot come to its end", () => {
  async function planned(
    changes: AsyncGenerator<Change>,
  ): Promise<{ readonly found: Change[]; readonly error: unknown }> {
    const found: Change[] = [];
    try {
      for await (const change of changes) found.push(change);
    } catch (error) {
      return { found, error };
    }
    return { found, error: undefined };
  }

  it("says so after what it has found, where the application refuses the credentials half-way", async () => {
    const scene = pushScene();
    let left = 3;
    scene.remote.fault = () => {
      left -= 1;
      return left < 0 ? refusal(401) : undefined;
    };
    const { found, error } = await planned(scene.provider().plan());
    expect(found.map(({ action }) => action)).toEqual(["create"]);
    expect(error).toBeInstanceOf(TargetUnusableError);
  });

  it("says so where the directory fails behind an object that is blocked", async () => {
    const scene = pushScene();
    scene.users.push({ id: "bob2", userName: "bob", active: true });
    const broken = new RangeError("no groups today");
    const directory = {
      ...arrayDirectory({ users: () => scene.users, groups: () => scene.groups }),
      groups: () => Promise.reject(broken),
    };
    const { found, error } = await planned(scene.provider({ directory }).plan());
    expect(found.map(({ action }) => action)).toEqual(["create", "create", "blocked", "create"]);
    expect(error).toBe(broken);
  });
});
