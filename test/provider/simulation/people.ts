import { arrayDirectory, type Directory } from "scimkit/directory";
import type { Random } from "./random.ts";

export interface Person {
  id: string;
  userName: string;
  displayName: string;
  active: boolean;
  title?: string;
  department?: string;
  manager?: string;
  nicks?: string[];
  allowed: boolean;
}

export interface Team {
  id: string;
  displayName: string;
  members: Set<string>;
}

/** Ids that a careless program would trip over. */
const ODD = ["plain", "with/slash", "with space", "100%", "ünïcode✓", "a".repeat(200), 'quo"te', "x\\y"];

/** The name of somebody who has an account over there before we come. */
export const ADOPTED = "was-there-before";

/** A directory that changes by itself, and whose listings may lack somebody; whoever is asked for by id is told truly. */
export class People {
  readonly users: Map<string, Person> = new Map();
  readonly groups: Map<string, Team> = new Map();
  /** What a listing leaves out, as a share. */
  forgetful = 0;
  /** Whether somebody was a member when that was last asked, under `group>member`. */
  readonly pointReads: Map<string, boolean> = new Map();
  /** Who was ever asked for by id and not there. */
  readonly everAbsent: Set<string> = new Set();
  private readonly random: Random;
  private gone: Person[] = [];
  private names = 0;
  /** Who has an account over there before we come. */
  private adopted: string | undefined;

  constructor(random: Random) {
    this.random = random;
  }

  directory(): Directory {
    const truth = arrayDirectory({
      users: () => [...this.users.values()].map(asDirectoryUser),
      groups: () => [...this.groups.values()].map((group) => ({ ...group, members: [...group.members] })),
    });
    const thinned = <T>(list: readonly T[]): T[] => list.filter(() => !this.random.chance(this.forgetful));
    const note = <T extends { id: string }>(ids: readonly string[], found: T[]): T[] => {
      const present = new Set(found.map(({ id }) => id));
      for (const id of ids) if (!present.has(id)) this.everAbsent.add(id);
      return found;
    };
    return {
      users: async (query) => {
        const page = await truth.users(query);
        return { ...page, objects: thinned(page.objects) };
      },
      groups: async (query) => {
        const page = await truth.groups(query);
        return { ...page, objects: thinned(page.objects) };
      },
      members: async (groupId, query) => {
        const page = await truth.members(groupId, query);
        return { ...page, members: thinned(page.members) };
      },
      usersById: async (ids) => note(ids, await truth.usersById(ids)),
      groupsById: async (ids) => note(ids, await truth.groupsById(ids)),
      hasMembers: async (groupId, ids) => {
        const members = await truth.hasMembers(groupId, ids);
        for (const id of ids) this.pointReads.set(`${groupId}>${id}`, members.has(id));
        return members;
      },
      groupsOf: truth.groupsOf,
    };
  }

  /** One change, whatever it may be. */
  change(): void {
    const { random } = this;
    const user = random.pick([...this.users.values()]);
    const group = random.pick([...this.groups.values()].slice(1));
    const kind = random.below(14);
    if (kind <= 2 || user === undefined) this.hire();
    else if (kind === 3) user.userName = this.freshName();
    else if (kind === 4) user.title = random.chance(0.3) ? undefined : `title ${random.below(5)}`;
    else if (kind === 5) user.department = random.chance(0.4) ? undefined : `department ${random.below(5)}`;
    else if (kind === 6) user.active = !user.active;
    else if (kind === 7) this.fire(user);
    else if (kind === 8) user.allowed = !user.allowed;
    else if (kind === 9) user.manager = random.pick([...this.users.keys()]);
    else if (kind === 10) user.nicks = random.chance(0.3) ? undefined : [`n${random.below(3)}`, `m${random.below(3)}`];
    else if (kind === 11) this.changeGroups(group);
    else this.changeMembers();
  }

  private hire(): void {
    const back = this.gone.length > 0 && this.random.chance(0.3) ? this.gone.pop() : undefined;
    const id = back?.id ?? `u${this.users.size + this.gone.length}-${this.random.below(1000)}-${this.random.pick(ODD)}`;
    if (this.users.has(id) || this.groups.has(id)) return;
    const isNew = back === undefined && this.adopted === undefined && this.random.chance(0.1);
    if (isNew) this.adopted = id;
    this.users.set(id, {
      id,
      userName: isNew ? ADOPTED : this.freshName(),
      displayName: `Person ${id.slice(0, 20)}`,
      active: true,
      allowed: true,
    });
    this.groups.get("everyone")?.members.add(id);
  }

  private fire(user: Person): void {
    this.users.delete(user.id);
    this.gone.push(user);
    for (const group of this.groups.values()) group.members.delete(user.id);
  }

  /** New, or that of somebody who is gone. */
  private freshName(): string {
    // An account that was there before us is kept with its name.
    const free = this.gone
      .filter(({ id }) => id !== this.adopted)
      .map(({ userName }) => userName)
      .filter((name) => [...this.users.values()].every((user) => user.userName !== name));
    const [name] = free;
    if (name !== undefined && this.random.chance(0.3)) {
      // Whoever had it does not come back: that account could be kept, with the name.
      this.gone = this.gone.filter((person) => person.userName !== name);
      return name;
    }
    this.names += 1;
    return this.random.chance(0.1) ? `O"Brien\\ +é ${this.names}` : `name${this.names}`;
  }

  private changeGroups(group: Team | undefined): void {
    const kind = this.random.below(3);
    if (kind === 0 || group === undefined) {
      const id = `g${this.groups.size}-${this.random.below(1000)}-${this.random.pick(ODD)}`;
      if (!this.groups.has(id)) this.groups.set(id, { id, displayName: this.freshGroupName(), members: new Set() });
    } else if (kind === 1) {
      group.displayName = this.freshGroupName();
    } else if (this.random.chance(0.5)) {
      this.groups.delete(group.id);
      for (const other of this.groups.values()) other.members.delete(group.id);
    }
  }

  private freshGroupName(): string {
    this.names += 1;
    return `team ${this.names}`;
  }

  private changeMembers(): void {
    const { random } = this;
    const group = random.pick([...this.groups.values()]);
    if (group === undefined) return;
    // Only downwards: an application may refuse groups that contain themselves.
    const below = [...this.groups.keys()].filter((id) => id > group.id);
    const nested = random.chance(0.15) ? random.pick(below) : undefined;
    const member = nested ?? random.pick([...this.users.keys()]);
    if (member === undefined) return;
    if (group.members.has(member)) group.members.delete(member);
    else group.members.add(member);
  }
}

function asDirectoryUser(person: Person): { id: string } & Record<string, unknown> {
  const { id, userName, displayName, active, title, allowed, nicks, department, manager } = person;
  const enterprise = {
    ...(department === undefined ? {} : { department }),
    ...(manager === undefined ? {} : { manager: { value: manager } }),
  };
  return {
    id,
    userName,
    displayName,
    active,
    allowed,
    ...(title === undefined ? {} : { title }),
    ...(nicks === undefined ? {} : { emails: nicks.map((nick, index) => mailOf(nick, index)) }),
    ...(Object.keys(enterprise).length === 0 ? {} : { enterprise }),
  };
}

function mailOf(nick: string, index: number): { value: string; type: string; display?: string } {
  const mail = { value: `${nick}@x.example`, type: index === 0 ? "work" : "home" };
  return nick.endsWith("0") ? { ...mail, display: nick } : mail;
}
