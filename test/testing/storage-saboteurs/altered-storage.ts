import type { MemberStorage } from "../../../src/storage/member-storage.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { StateStorage } from "../../../src/storage/state-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";

/** Makes a faithful storage break one promise. */
export type Saboteur = (storage: Storage) => Storage;

/** Which methods are put in place of which; each is given what it replaces. */
export interface Alteration {
  readonly resources?: (inner: ResourceStorage) => Partial<ResourceStorage>;
  readonly members?: (inner: MemberStorage, resources: ResourceStorage) => Partial<MemberStorage>;
  readonly state?: (inner: StateStorage) => Partial<StateStorage>;
  readonly whole?: (inner: Storage) => Partial<Storage>;
}

/** A storage with methods replaced, inside its transactions as well. */
export function alteredStorage(inner: Storage, how: Alteration): Storage {
  const members = inner.resources.members;
  return {
    ...inner,
    resources: {
      ...inner.resources,
      ...how.resources?.(inner.resources),
      ...(members === undefined ? {} : { members: { ...members, ...how.members?.(members, inner.resources) } }),
    },
    state: { ...inner.state, ...how.state?.(inner.state) },
    transaction: (run) => inner.transaction((tx) => run(alteredStorage(tx, how))),
    ...how.whole?.(inner),
  };
}

/** A saboteur of resources. */
export function onResources(how: NonNullable<Alteration["resources"]>): Saboteur {
  return (storage) => alteredStorage(storage, { resources: how });
}

/** A saboteur of members. */
export function onMembers(how: NonNullable<Alteration["members"]>): Saboteur {
  return (storage) => alteredStorage(storage, { members: how });
}

/** A saboteur of state. */
export function onState(how: NonNullable<Alteration["state"]>): Saboteur {
  return (storage) => alteredStorage(storage, { state: how });
}

/** A saboteur of the whole storage. */
export function onWhole(how: NonNullable<Alteration["whole"]>): Saboteur {
  return (storage) => alteredStorage(storage, { whole: how });
}

/** Lets everybody else have a turn. */
export async function yieldTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await undefined;
}

/** JSON data as a careless driver brings it back: without the odd name, the long text, the lone surrogate. */
export function mangled<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"'));
}
