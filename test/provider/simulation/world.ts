import type { DirectoryUser } from "scimkit/directory";
import { defineMapping, providerGroupMappings, providerUserMappings } from "scimkit/mapping";
import { createProvider, type Provider, type Run } from "scimkit/provider";
import { memoryStorage, type Storage } from "scimkit/storage";
import type { Link } from "../../../src/provider/links/link.ts";
import { providerTables, storedLinks } from "../../helpers/provider-records.ts";
import { GROUP, USER } from "../../helpers/scim-app.ts";
import { Application, type Shown } from "./application.ts";
import { Dead, type Life, mortalStorage } from "./mortal-storage.ts";
import { ADOPTED, People } from "./people.ts";
import { Random } from "./random.ts";

/** Sent with every create and nowhere else. */
export const PASSWORD = "hunter2-secret";

const MOST_SYNCS_TO_REST = 10;
const MINUTE = 60_000;

/** What a run may be like; chosen by the seed. */
export interface WorldOptions {
  readonly patch: boolean;
  readonly userUpdates: "put" | "patch";
  readonly leftScope: "deactivate" | "delete" | "keep";
  readonly memberOf: boolean;
}

/** A directory, an application, and one process after another that keeps the application in step. */
export class World {
  readonly random: Random;
  readonly people: People;
  readonly app: Application;
  readonly storage: Storage = memoryStorage();
  readonly worldOptions: WorldOptions;
  /** Members that people over there added, by the group's id there. */
  readonly foreignMembers: Map<string, Set<string>> = new Map();
  /** What people over there wrote into an attribute that we do not map, by the user's id there. */
  readonly foreignValues: Map<string, string> = new Map();
  readonly foreignUsers: Shown[] = [];
  /** What must never have happened. */
  readonly faults: string[] = [];
  private readonly clock = { now: Date.parse("2026-01-01T00:00:00Z") };
  private readonly life: Life = { dead: false, writesLeft: undefined };
  private ids = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.people = new People(this.random);
    this.app = new Application(this.random, this.clock);
    const { random } = this;
    this.worldOptions = {
      patch: random.chance(0.7),
      userUpdates: random.chance(0.4) ? "patch" : "put",
      leftScope: random.pick(["deactivate", "deactivate", "delete", "keep"] as const) ?? "deactivate",
      memberOf: random.chance(0.5),
    };
  }

  async begin(): Promise<void> {
    for (const name of ["foreign0", "foreign1", ADOPTED]) {
      const created = await this.app.send("POST", "/Users", {
        schemas: [USER],
        userName: name,
        preferredLanguage: "sv",
      });
      this.foreignUsers.push((await created.json()) as Shown);
    }
    const members = [{ value: this.foreignUsers[0]?.id }];
    await this.app.send("POST", "/Groups", { schemas: [GROUP], displayName: "foreign team", members });
    this.people.groups.set("everyone", { id: "everyone", displayName: "everyone", members: new Set() });
    for (let count = 0; count < 12; count += 1) this.people.change();
    this.app.before = (request) => this.watch(request);
  }

  /** A while in which anything may go wrong. */
  async trouble(): Promise<void> {
    const { random, app, people } = this;
    for (let count = random.below(5); count > 0; count -= 1) people.change();
    if (random.chance(0.4)) await this.meddle();
    app.faulty = random.pick([0, 0.05, 0.3]) ?? 0;
    people.forgetful = random.chance(0.3) ? 0.2 : 0;
    const life: Life = { dead: false, writesLeft: random.chance(0.4) ? random.below(40) : undefined };
    const provider = this.provider(life);
    for (let count = 1 + random.below(3); count > 0 && !life.dead; count -= 1) await this.work(provider, life);
    life.dead = true;
    this.clock.now += random.below(2) * 10 * MINUTE;
  }

  /** Nothing goes wrong any more; runs until one has nothing to do. */
  async rest(): Promise<void> {
    this.app.faulty = 0;
    this.people.forgetful = 0;
    let last: Run | undefined;
    for (let count = 0; count < MOST_SYNCS_TO_REST; count += 1) {
      this.clock.now += 60 * MINUTE;
      this.app.writes = [];
      last = await this.provider(this.life).sync();
      this.check(last);
      // Whoever refers to a deleted user is written in the run after.
      if (last.state === "succeeded" && this.app.writes.length === 0 && last.counts.deleted === 0) return;
    }
    this.faults.push(`comes to no rest: ${JSON.stringify(last)} ${JSON.stringify(this.app.writes)}`);
  }

  provider(life: Life = this.life): Provider {
    const { worldOptions, random } = this;
    return createProvider({
      name: "app",
      client: this.app.client(life, worldOptions),
      directory: this.people.directory(),
      storage: mortalStorage(this.storage, life, () => random.chance(0.5)),
      scope: {
        access: (user: DirectoryUser) => user.allowed === true,
        ...(worldOptions.memberOf ? { memberOf: ["everyone"] } : {}),
      },
      deprovision: { leftScope: worldOptions.leftScope },
      mappings: [
        ...providerUserMappings,
        ...providerGroupMappings,
        defineMapping({
          name: "zz once",
          resourceType: "User",
          apply: "create",
          expression: () => ({ password: PASSWORD, nickName: "newcomer" }),
        }),
      ],
      userUpdates: worldOptions.userUpdates,
      guard: false,
      concurrency: 1,
      pageSize: 3,
      now: () => this.clock.now,
      sleep: async (ms) => {
        this.clock.now += ms;
      },
      newId: () => {
        this.ids += 1;
        return `id${this.ids}`;
      },
    });
  }

  async links(type: "User" | "Group"): Promise<Map<string, Link>> {
    return storedLinks(this.storage, type);
  }

  private async work(provider: Provider, life: Life): Promise<void> {
    const { random, people } = this;
    try {
      const kind = random.below(4);
      const user = random.pick([...people.users.keys()]);
      const group = random.pick([...people.groups.keys()]);
      if (kind === 0 && user !== undefined) await provider.syncUser(user);
      else if (kind === 1 && group !== undefined) await provider.syncGroup(group);
      else this.check(await provider.sync());
    } catch (error) {
      if (!life.dead && !(error instanceof Dead)) this.suspect(String(error));
    }
  }

  private check(run: Run): void {
    for (const { reason } of run.failures) this.suspect(reason);
    if (run.reason !== undefined) this.suspect(run.reason);
  }

  private suspect(reason: string): void {
    if (/no row|no rest|undefined|TypeError|null/.test(reason)) this.faults.push(reason);
  }

  /** People over there do things too. */
  private async meddle(): Promise<void> {
    const { random, app } = this;
    const group = random.pick(await app.all("/Groups"));
    const foreigner = random.pick(this.foreignUsers.slice(0, 2));
    if (group !== undefined && foreigner !== undefined) {
      await app.patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: foreigner.id }] });
      this.foreignMembers.set(group.id, (this.foreignMembers.get(group.id) ?? new Set()).add(foreigner.id));
    }
    const user = random.pick(await app.all("/Users"));
    if (user === undefined) return;
    await app.patch(`/Users/${user.id}`, { op: "replace", path: "preferredLanguage", value: "fi" });
    await app.patch(`/Users/${user.id}`, { op: "add", path: `${ENTERPRISE}:costCenter`, value: "theirs" });
    this.foreignValues.set(user.id, "fi");
  }

  /** No request without an intent that is stored, none that takes something away without having asked by id. */
  private async watch(request: { method: string; path: string; body: Record<string, unknown> }): Promise<void> {
    const { method, path, body } = request;
    const [, endpoint, encoded = ""] = path.split("/");
    const remoteId = decodeURIComponent(encoded);
    const links = await this.links(endpoint === "Users" ? "User" : "Group");
    const name = String(body.userName ?? body.displayName);
    const states = [...links].filter(([, link]) =>
      method === "POST" ? nameOf(link) === name : link.remoteId === remoteId,
    );
    const wanted = method === "POST" ? ["creating"] : method === "DELETE" ? ["deleting"] : ["updating", "deactivating"];
    const isIntended = states.some(([, { state }]) => wanted.includes(state));
    const [owner] = states[0] ?? [];
    if (endpoint === "Groups" && owner !== undefined && method !== "DELETE") await this.watchMembers(owner, request);
    if (!isIntended && !(await this.hasOpenRows(endpoint, owner)))
      this.faults.push(`${method} ${path} without an intent`);
    if (method === "DELETE" && owner !== undefined && !this.people.everAbsent.has(owner)) {
      if (this.worldOptions.leftScope !== "delete")
        this.faults.push(`${path} deleted without having asked for ${owner}`);
    }
    if (this.random.chance(0.05)) this.people.change();
  }

  private async hasOpenRows(endpoint: string | undefined, owner: string | undefined): Promise<boolean> {
    if (endpoint !== "Groups" || owner === undefined) return false;
    const { rows } = await providerTables(this.storage);
    for await (const { status } of rows.ofGroup(owner)) if (status === "adding" || status === "removing") return true;
    return false;
  }

  private async watchMembers(
    owner: string,
    { method, path, body }: { method: string; path: string; body: Record<string, unknown> },
  ): Promise<void> {
    const users = await this.links("User");
    const groups = await this.links("Group");
    const byRemoteId = new Map([...users, ...groups].map(([id, { remoteId }]) => [remoteId, id]));
    const gone: string[] = [];
    if (method === "PUT") {
      const group = (await this.app.all("/Groups")).find(({ id }) => path === `/Groups/${id}`);
      const kept = new Set(valuesOf(body.members));
      gone.push(...valuesOf(group?.members).filter((value) => !kept.has(value)));
    } else {
      for (const { op, path: place } of (body.Operations ?? []) as { op: string; path: string }[]) {
        if (op === "remove") gone.push(/^members\[value eq "(.*)"\]$/.exec(place)?.[1] ?? "everybody");
      }
    }
    for (const value of gone) {
      const member = byRemoteId.get(value);
      if (member !== undefined && this.people.pointReads.get(`${owner}>${member}`) === false) continue;
      this.faults.push(`${method} ${path} takes out ${value} (${member}) without having asked`);
    }
  }
}

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

function nameOf(link: Link): string {
  return String(link.intent?.document?.userName ?? link.intent?.document?.displayName);
}

export function valuesOf(members: unknown): string[] {
  return ((members ?? []) as { value: string }[]).map(({ value }) => value);
}
