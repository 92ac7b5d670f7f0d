import { URN } from "../../protocol/urns.ts";
import type { SimulatedExchange } from "./exchange.ts";
import type { Write } from "./patch-body.ts";
import { type Json, within } from "./person-document.ts";
import type { GroupDialect } from "./product.ts";
import type { SimulatedGroup, SimulatedMemberChange, Team } from "./simulated-user.ts";
import { checkDeleted, checkWritten, type SimulationContext } from "./simulated-users.ts";

/** The groups of a simulated identity provider, with the ids that the handler gave to them. */
export class SimulatedGroups {
  private readonly context: SimulationContext;
  private readonly dialect: GroupDialect;
  private readonly teams = new Map<string, Team>();

  constructor(context: SimulationContext, dialect: GroupDialect) {
    this.context = context;
    this.dialect = dialect;
  }

  async provision({ displayName, members = [] }: SimulatedGroup): Promise<string> {
    const dialect = this.dialect;
    const team = { externalId: this.context.randomUuid(), displayName, members };
    const found = await this.find(team);
    const id = found === undefined ? await this.create(team) : String(found.id);
    const sent = found === undefined && dialect.createHasMembers ? members : [];
    this.teams.set(id, { ...team, members: sent });
    if (found === undefined) await this.verify(id);
    await this.changeMembers(id, { add: members.filter((member) => !sent.includes(member)) });
    return id;
  }

  private async create(team: Team): Promise<string> {
    const { connection, judge } = this.context;
    const created = await connection.send({ method: "POST", path: "/Groups", body: this.dialect.create(team) });
    judge.reached(created);
    judge.expect("created", created, created.status === 201 || `the status is ${created.status}`);
    const { id, displayName } = judge.resource(created, URN.group);
    judge.expect("id", created, (typeof id === "string" && id !== "") || `the id is ${JSON.stringify(id)}`);
    judge.expect("echo", created, displayName === team.displayName || `displayName is ${JSON.stringify(displayName)}`);
    return String(id);
  }

  private async find(team: Team): Promise<Json | undefined> {
    const { query } = this.dialect;
    if (query === undefined) return undefined;
    const { connection, judge } = this.context;
    const path = `/Groups?${query(team)}`;
    const exchange = await connection.send({ method: "GET", path });
    const resources = judge.list(exchange);
    const name = team.displayName.toLowerCase();
    const other = resources.find(({ displayName }) => String(displayName).toLowerCase() !== name);
    judge.expect("filter", exchange, other === undefined || `it has the group ${JSON.stringify(other?.displayName)}`);
    for (const resource of resources) this.excludes(exchange, resource);
    return resources.find((resource) => resource !== other);
  }

  async changeMembers(id: string, { add = [], remove = [] }: SimulatedMemberChange): Promise<void> {
    if (add.length === 0 && remove.length === 0) return;
    const team = this.team(id);
    const kept = team.members.filter((member) => !remove.includes(member) && !add.includes(member));
    const after = { ...team, members: [...kept, ...add] };
    await this.readFirst(id);
    for (const write of this.dialect.changeMembers({ id, team: after, add, remove })) await this.write(id, write);
    this.teams.set(id, after);
    await this.verify(id);
  }

  async rename(id: string, displayName: string): Promise<void> {
    const after = { ...this.team(id), displayName };
    await this.readFirst(id);
    await this.write(id, this.dialect.rename({ ...after, id }));
    this.teams.set(id, after);
    await this.verify(id);
  }

  async delete(id: string): Promise<void> {
    const { connection, judge, verify } = this.context;
    this.team(id);
    const deleted = await connection.send({ method: "DELETE", path: `/Groups/${id}` });
    checkDeleted(judge, deleted);
    this.teams.delete(id);
    if (verify) judge.missing(await connection.send({ method: "GET", path: `/Groups/${id}` }));
  }

  private async readFirst(id: string): Promise<void> {
    const { readQuery } = this.dialect;
    if (readQuery !== undefined) await this.read(id, `?${readQuery}`);
  }

  private async write(id: string, write: Write): Promise<void> {
    const { connection, judge } = this.context;
    const written = await connection.send({ ...write, path: `/Groups/${id}` });
    checkWritten(judge, { written, write, id });
  }

  private async read(id: string, query: string): Promise<Json> {
    const { connection, judge } = this.context;
    const exchange = await connection.send({ method: "GET", path: `/Groups/${id}${query}` });
    judge.reached(exchange);
    judge.expect("read", exchange, exchange.status === 200 || `the status is ${exchange.status}`);
    const resource = judge.resource(exchange, URN.group);
    judge.expect("read", exchange, resource.id === id || `the id is ${JSON.stringify(resource.id)}`);
    this.excludes(exchange, resource);
    return resource;
  }

  /** A response to a request with `excludedAttributes=members` has no members. */
  private excludes(exchange: SimulatedExchange, group: Json): void {
    const isExcluded = exchange.path.includes("excludedAttributes=members");
    this.context.judge.expect("excluded", exchange, !isExcluded || group.members === undefined || "it shows members");
  }

  private async verify(id: string): Promise<void> {
    const { connection, judge, verify } = this.context;
    if (!verify) return;
    const { displayName, members } = this.team(id);
    const group = await this.read(id, "");
    const exchange = connection.exchanges.at(-1);
    if (exchange === undefined) return;
    const shown = group.displayName;
    judge.expect("shown", exchange, shown === displayName || `displayName is ${JSON.stringify(shown)}`);
    const has = Array.isArray(group.members) ? group.members.map((member) => String(within(member, "value"))) : [];
    const missing = members.find((member) => !has.includes(member));
    judge.expect("members", exchange, missing === undefined || `the member ${missing} is missing`);
    const extra = has.find((member) => !members.includes(member));
    judge.expect("members", exchange, extra === undefined || `${extra} is still a member`);
  }

  private team(id: string): Team {
    const team = this.teams.get(id);
    if (team === undefined) throw new TypeError(`The simulated identity provider has no group with the id ${id}`);
    return team;
  }
}
