import { createSource, type DeliveryMode } from "scimkit/source";
import type { Storage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { Accounts, type AccountTables, stoppingAccounts } from "../../helpers/account-tables.ts";
import { EVERY_STORAGE, GROUP, patch, USER } from "../../helpers/scim-app.ts";
import { createTestClock, sendTo, type TestClock } from "../../helpers/source-app.ts";
import { Stop, stoppingStorage } from "../../helpers/stopping.ts";

/** A source in a process of its own, which ends when it is killed. */
interface Process {
  readonly stop: Stop;
  send(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }>;
  rest(): Promise<void>;
  /** Adds an account that the source did not make. */
  addOwn(id: string, login: string): Promise<void>;
  settle(): Promise<number>;
}

interface Scene {
  readonly storage: Storage;
  readonly accounts: Accounts;
  readonly clock: TestClock;
  start(): Promise<Process>;
  token?: string;
}

async function sceneOf(storageName: string, delivery: DeliveryMode): Promise<Scene> {
  const storage = EVERY_STORAGE[storageName]?.() as Storage;
  const accounts = await new Accounts(delivery === "joined" ? storage : undefined).create();
  const clock = createTestClock();
  const scene: Scene = {
    ...{ storage, accounts, clock },
    start: async () => {
      const stop = new Stop();
      const own = stoppingStorage(storage, stop);
      const source = createSource({
        ...{
          slug: "people",
          baseUrl: "https://app.example",
          storage: own,
          delivery,
          now: clock.now,
          timer: false,
          guard: false,
        },
        ...{ directory: stoppingAccounts(accounts, stop), requestLog: false },
        adopt: { tenant: "test", find: accounts.find },
      });
      scene.token ??= (await source.tokens.issue({ name: "test" })).token;
      return {
        stop,
        addOwn: (id, login) => accounts.addOwn(id, login),
        send: (method, path, body) => sendTo(source, scene.token, { method, path, body }),
        rest: () => source.idle(),
        settle: () => source.settle(),
      };
    },
  };
  return scene;
}

async function readStorage(storage: Storage): Promise<AccountTables> {
  const [, known] = await storage.state.scan("sources", { take: 2 });
  const tenant = String(known?.value.source ?? known?.value.id);
  const list = async (type: string) => (await storage.resources.list({ tenant, type }, { take: 1000 })).resources;
  const [users, groups] = [await list("User"), await list("Group")];
  const membersOf = async (id: string) =>
    (await storage.resources.members?.page({ tenant, type: "Group" }, id, { take: 100 }))?.members.map((m) => m.value);
  const identities = await storage.state.scan("application-ids", { take: 10_000 });
  const own = identities.flatMap(({ key, value }) => {
    const id = key.split(/[/]scim[/](?:User|Group)[/]/)[1];
    return id === undefined ? [] : [[id, value.id]];
  });
  return {
    users: Object.fromEntries(
      users.map(({ id, attributes: { userName, title = "", active = true } }) => [
        id,
        { login: userName, title, active },
      ]),
    ),
    groups: Object.fromEntries(
      await Promise.all(
        groups.map(async ({ id, attributes }) => [id, { name: attributes.displayName, members: await membersOf(id) }]),
      ),
    ),
    ownIds: Object.fromEntries(own),
    sessions: [],
  };
}

/** The ids of objects that were there before. */
interface Ids {
  readonly user: string;
  readonly other: string;
  readonly group: string;
}

/** What an identity provider does, as often as it takes. */
interface Story {
  readonly name: string;
  /** Whether the user has a session before. */
  readonly logsIn?: boolean;
  /** What must be so before. */
  prepare?(process: Process, ids: Ids, round: string): Promise<Ids>;
  act(process: Process, ids: Ids, round: string): Promise<{ status: number }>;
}

/** Creates what is not there yet, as an identity provider does that got no response. */
async function createOnce(
  process: Process,
  path: string,
  name: string,
  body: object,
): Promise<{ status: number; id: string }> {
  const attribute = path === "/Users" ? "userName" : "displayName";
  const found = await process.send("GET", `${path}?filter=${encodeURIComponent(`${attribute} eq "${name}"`)}`);
  if (found.status !== 200) return { status: found.status, id: "" };
  const [first] = (found.body.Resources ?? []) as { id: string }[];
  if (first !== undefined) return { status: 200, id: first.id };
  const { status, body: made } = await process.send("POST", path, body);
  return { status, id: String(made.id) };
}

const userOf = (userName: string): object => ({ schemas: [USER], userName });
const groupOf = (displayName: string, ...members: string[]): object => ({
  ...{ schemas: [GROUP], displayName, members: members.map((value) => ({ value })) },
});

const set = (path: string, value: unknown): object => patch({ op: "replace", path, value });
const add = (id: string): object => ({ op: "add", path: "members", value: [{ value: id }] });
const make = async (process: Process, path: string, body: object): Promise<string> =>
  String((await process.send("POST", path, body)).body.id);

const STORIES: readonly Story[] = [
  {
    name: "creates a user",
    act: (p, _ids, round) => createOnce(p, "/Users", `made ${round}`, userOf(`made ${round}`)),
  },
  {
    name: "creates a user for whom there is an account",
    prepare: async (p, ids, round) => {
      await p.addOwn(`own ${round}`, `adopted ${round}`);
      return ids;
    },
    act: (p, _ids, round) => {
      const userName = `adopted ${round}`;
      return createOnce(p, "/Users", userName, { schemas: [USER], userName, externalId: `own ${round}` });
    },
  },
  {
    name: "renames a user",
    act: (p, { user }, round) => p.send("PATCH", `/Users/${user}`, set("userName", `renamed ${round}`)),
  },
  {
    name: "deactivates a user",
    logsIn: true,
    prepare: async (p, ids) => {
      await p.send("PATCH", `/Users/${ids.user}`, set("active", true));
      return ids;
    },
    act: (p, { user }) => p.send("PATCH", `/Users/${user}`, set("active", false)),
  },
  {
    name: "creates a group with members",
    act: (p, { user, other }, round) =>
      createOnce(p, "/Groups", `made ${round}`, groupOf(`made ${round}`, user, other)),
  },
  {
    name: "adds a member and renames the group",
    prepare: async (p, ids, round) => ({ ...ids, group: await make(p, "/Groups", groupOf(`g ${round}`, ids.other)) }),
    act: (p, { user, group }, round) =>
      p.send(
        "PATCH",
        `/Groups/${group}`,
        patch(add(user), { op: "replace", path: "displayName", value: `named ${round}` }),
      ),
  },
  {
    name: "deletes a member",
    prepare: async (p, ids, round) => {
      const other = await make(p, "/Users", userOf(`b ${round}`));
      await p.send("PATCH", `/Groups/${ids.group}`, patch(add(other)));
      return { ...ids, other };
    },
    act: async (p, { other }) => {
      const { status } = await p.send("DELETE", `/Users/${other}`);
      return { status: status === 404 ? 204 : status };
    },
  },
];

/** Sends the story until it is accepted, in a new process each time, and lets everything settle. */
async function recover(scene: Scene, repeat: (process: Process) => Promise<{ status: number }>): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    scene.clock.advance(120_000);
    const process = await scene.start();
    await process.settle();
    const { status } = await repeat(process);
    await process.rest();
    scene.clock.advance(120_000);
    await process.settle();
    if (status < 300) return;
  }
  throw new Error("the identity provider never got through");
}

async function expectAgreement(scene: Scene): Promise<void> {
  const [stored, applied] = [await readStorage(scene.storage), await scene.accounts.read()];
  const open = applied.sessions.filter((id) => (applied.users[id] as { active?: boolean })?.active === false);
  expect({ ...applied, sessions: open }).toEqual(stored);
  const logins = Object.values(applied.users).map((user) => (user as { login: string }).login);
  expect(new Set(logins).size).toBe(logins.length);
  for (const collection of ["intents", "outbox", "outbox-queues"]) {
    expect(await scene.storage.state.scan(collection, { take: 10 })).toEqual([]);
  }
}

const WAYS: readonly (readonly [DeliveryMode, string])[] = (["joined", "sync", "outbox"] as const).flatMap((delivery) =>
  Object.keys(EVERY_STORAGE)
    .filter((storage) => delivery !== "joined" || storage !== "memory")
    .map((storage) => [delivery, storage] as const),
);

describe.each(WAYS)("a process with the delivery %s over %s storage", (delivery, storageName) => {
  it("may be killed between any two steps: storage and directory agree after that", async () => {
    const scene = await sceneOf(storageName, delivery);
    let killed = 0;
    const first = await scene.start();
    const [user, other] = [await make(first, "/Users", userOf("a")), await make(first, "/Users", userOf("b"))];
    const standing: Ids = { user, other, group: await make(first, "/Groups", groupOf("g", user)) };
    for (const { name, logsIn, prepare, act } of STORIES) {
      for (let at = 1; ; at += 1) {
        const round = `${name} ${at}`;
        const ids = (await prepare?.(first, standing, round)) ?? standing;
        await first.rest();
        if (logsIn === true) await scene.accounts.logIn(user);
        const process = await scene.start();
        process.stop.at = at;
        await act(process, ids, round).catch(() => undefined);
        await process.rest().catch(() => undefined);
        if (!process.stop.isDead) break;
        killed += 1;
        await recover(scene, (again) => act(again, ids, round));
        await expectAgreement(scene);
      }
    }
    expect(killed).toBeGreaterThan(30);
    await scene.storage.close();
  }, 60_000);
});
