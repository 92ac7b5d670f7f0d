import { URN } from "../../protocol/urns.ts";
import type { Connection } from "./connection.ts";
import type { SimulatedExchange } from "./exchange.ts";
import type { Judge } from "./judge.ts";
import type { Write } from "./patch-body.ts";
import { differences, type Json, PERSON_ATTRIBUTES } from "./person-document.ts";
import type { UserDialect } from "./product.ts";
import type { Person, PersonAttribute, SimulatedUser } from "./simulated-user.ts";

/** What a part of a simulation needs. */
export interface SimulationContext {
  readonly connection: Connection;
  readonly judge: Judge;
  readonly verify: boolean;
  readonly randomUuid: () => string;
}

/** The users of a simulated identity provider, with the ids that the handler gave to them. */
export class SimulatedUsers {
  private readonly context: SimulationContext;
  private readonly dialect: UserDialect;
  private readonly people = new Map<string, Person>();
  private readonly deleted = new Set<string>();

  constructor(context: SimulationContext, dialect: UserDialect) {
    this.context = context;
    this.dialect = dialect;
  }

  provision(user: SimulatedUser): Promise<string> {
    return this.create({ ...user, externalId: this.context.randomUuid(), active: true });
  }

  private async create(person: Person): Promise<string> {
    const { connection, judge } = this.context;
    const looksUp = this.dialect.lookUp === "before-create";
    const found = looksUp ? await this.find(person) : undefined;
    if (found !== undefined) return this.link(found, person);
    const created = await connection.send({ method: "POST", path: "/Users", body: this.dialect.create(person) });
    judge.reached(created);
    if (created.status === 409 && !looksUp) {
      const holder = await this.find(person);
      const { exchanges } = connection;
      judge.expect("conflict", exchanges.at(-1) ?? created, holder !== undefined || "nothing was found");
      if (holder !== undefined) return this.link(holder, person);
    }
    judge.expect("created", created, created.status === 201 || `the status is ${created.status}`);
    const { id } = judge.resource(created, URN.user);
    judge.expect("id", created, isId(id) || `the id is ${JSON.stringify(id)}`);
    this.shows("echo", created, person);
    const known = String(id);
    this.people.set(known, person);
    await this.verify(known, PERSON_ATTRIBUTES);
    if (this.context.verify) await this.isFound(known, "found");
    return known;
  }

  /** Takes over an existing user, and corrects what differs. */
  private async link(existing: Json, person: Person): Promise<string> {
    const id = String(existing.id);
    const changed = [...differences(person, existing).keys()];
    this.people.set(id, person);
    if (changed.length > 0) await this.write(id, person, changed);
    return id;
  }

  /** The user that the look-up of the product finds. */
  private async find(person: Person): Promise<Json | undefined> {
    const { connection, judge } = this.context;
    const exchange = await connection.send({ method: "GET", path: `/Users?${this.dialect.query(person)}` });
    const resources = judge.list(exchange);
    const name = person.userName.toLowerCase();
    const other = resources.find(({ userName }) => String(userName).toLowerCase() !== name);
    judge.expect("filter", exchange, other === undefined || `it has the user ${JSON.stringify(other?.userName)}`);
    const [user] = resources.filter((resource) => resource !== other);
    if (user !== undefined) judge.expect("id", exchange, isId(user.id) || "a resource has no id");
    return user;
  }

  async change(id: string, changes: Partial<SimulatedUser> & { readonly active?: boolean }): Promise<void> {
    const before = this.person(id);
    const after = { ...before, ...changes };
    const changed = PERSON_ATTRIBUTES.filter((attribute) => after[attribute] !== before[attribute]);
    if (changed.length > 0) await this.write(id, after, changed);
  }

  private async write(id: string, after: Person, changed: readonly PersonAttribute[]): Promise<void> {
    const { connection, judge } = this.context;
    const current = this.dialect.readsFirst ? await this.read(id) : {};
    const write = this.dialect.update({ id, after, changed, current });
    const written = await connection.send({ ...write, path: `/Users/${id}` });
    checkWritten(judge, { written, write, id });
    this.people.set(id, after);
    if (written.status === 200) this.shows("shown", written, after);
    await this.verify(id, changed);
  }

  async deactivate(id: string): Promise<void> {
    await this.change(id, { active: false });
    if (this.context.verify) await this.isFound(id, "deactivated");
  }

  async delete(id: string): Promise<void> {
    const { connection, judge, verify } = this.context;
    const { departure } = this.dialect;
    if (departure.includes("deactivate")) await this.deactivate(id);
    if (!departure.includes("delete")) return;
    const deleted = await connection.send({ method: "DELETE", path: `/Users/${id}` });
    checkDeleted(judge, deleted);
    this.deleted.add(id);
    if (verify) judge.missing(await connection.send({ method: "GET", path: `/Users/${id}` }));
  }

  /** Makes a deactivated user active, and creates a deleted one again. Returns its id, which can be a new one. */
  async restore(id: string): Promise<string> {
    const person = { ...this.person(id), active: true };
    if (this.deleted.has(id)) return this.create(person);
    const found = this.dialect.lookUp === "before-create" ? await this.find(person) : { id };
    const { connection, judge } = this.context;
    const last = connection.exchanges.at(-1);
    if (last !== undefined) judge.expect("deactivated", last, found?.id === id || "the user was not found");
    await this.change(id, { active: true });
    return id;
  }

  /** Reads a user by its id. */
  async read(id: string): Promise<Json> {
    const { connection, judge } = this.context;
    const exchange = await connection.send({ method: "GET", path: `/Users/${id}` });
    judge.reached(exchange);
    const check = this.people.get(id)?.active === false ? "deactivated" : "read";
    judge.expect(check, exchange, exchange.status === 200 || `the status is ${exchange.status}`);
    const resource = judge.resource(exchange, URN.user);
    judge.expect(check, exchange, resource.id === id || `the id is ${JSON.stringify(resource.id)}`);
    return resource;
  }

  /** @throws {TypeError} if the simulation does not know the id */
  person(id: string): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new TypeError(`The simulated identity provider has no user with the id ${id}`);
    return person;
  }

  private async verify(id: string, changed: readonly PersonAttribute[]): Promise<void> {
    const { connection, judge, verify } = this.context;
    if (!verify) return;
    const resource = await this.read(id);
    const exchange = connection.exchanges.at(-1);
    if (exchange === undefined) return;
    for (const [attribute, shown] of differences(this.person(id), resource)) {
      const check = changed.includes(attribute) ? "shown" : "kept";
      judge.expect(check, exchange, differs(this.person(id), attribute, shown));
    }
  }

  private async isFound(id: string, check: "found" | "deactivated"): Promise<void> {
    const { connection, judge } = this.context;
    const found = await this.find(this.person(id));
    const exchange = connection.exchanges.at(-1);
    if (exchange !== undefined) judge.expect(check, exchange, found?.id === id || `the look-up does not find ${id}`);
  }

  private shows(check: "echo" | "shown", exchange: SimulatedExchange, person: Person): void {
    const resource = this.context.judge.resource(exchange, URN.user);
    const [first] = differences(person, resource);
    if (first !== undefined) this.context.judge.expect(check, exchange, differs(person, first[0], first[1]));
  }
}

function differs(person: Person, attribute: PersonAttribute, shown: unknown): string {
  return `${attribute} is ${JSON.stringify(shown)}, not ${JSON.stringify(person[attribute])}`;
}

function isId(id: unknown): boolean {
  return typeof id === "string" && id !== "";
}

/** A response to a PUT or PATCH. */
export function checkWritten(
  judge: Judge,
  { written, write, id }: { readonly written: SimulatedExchange; readonly write: Write; readonly id: string },
): void {
  judge.reached(written);
  const { status, body } = written;
  const isUpdated = status === 200 || (status === 204 && write.method === "PATCH");
  judge.expect("updated", written, isUpdated || `the status is ${status}`);
  if (status !== 200) return;
  const shown = (body as Json | undefined)?.id;
  judge.expect("updatedBody", written, shown === id || `the id of the body is ${JSON.stringify(shown)}`);
}

/** A response to a DELETE. */
export function checkDeleted(judge: Judge, deleted: SimulatedExchange): void {
  judge.reached(deleted);
  const { status } = deleted;
  judge.expect("deleted", deleted, status === 204 || status === 404 || `the status is ${status}`);
}
