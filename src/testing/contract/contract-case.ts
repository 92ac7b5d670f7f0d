import { reasonNotApplied } from "./not-applicable.ts";

/** One guarantee of an interface as a test: `run` throws if the guarantee is broken. Needs no test framework. */
export interface ContractCase<Id extends string = string> {
  readonly id: Id;
  /** The guarantee, as a sentence. */
  readonly title: string;
  /** Why the case does not apply, if that is known before it is run: an option of the contract is missing. */
  readonly skip?: string;
  /** Gives the reason if the case turns out not to apply: what it tests lacks a capability. */
  run(): Promise<string | undefined>;
}

/** A case before it is bound to its subject. */
export interface CaseDefinition<Subject> {
  readonly title: string;
  /** The option of the contract without which it does not apply. */
  readonly needs?: string;
  run(subject: Subject): Promise<void>;
}

/** Cases by id. */
export type CaseTable<Id extends string, Subject> = Readonly<Record<Id, CaseDefinition<Subject>>>;

/** How a case gets its subject. */
export interface Bound<Subject> {
  /** The options of the contract. */
  readonly options: object;
  create(): Promise<Subject>;
  destroy(subject: Subject): Promise<void>;
}

/** Binds cases to their subject: each case gets its own subject, which is released afterwards. */
export function bindCases<Id extends string, Needed, Subject extends Needed>(
  table: CaseTable<Id, Needed>,
  bound: Bound<Subject>,
): ContractCase<Id>[] {
  return Object.entries<CaseDefinition<Needed>>(table).map(([id, definition]) => ({
    id: id as Id,
    title: definition.title,
    skip: lacking(definition.needs, bound.options),
    run: async () => {
      const subject = await bound.create();
      try {
        return await reasonNotApplied(() => definition.run(subject));
      } finally {
        await bound.destroy(subject);
      }
    },
  }));
}

/** Why a case that needs this option of the contract does not apply. */
export function lacking(option: string | undefined, options: object): string | undefined {
  const isThere = option === undefined || Object.entries(options).some(([name, value]) => name === option && value);
  return isThere ? undefined : `the contract is without the option ${option}`;
}
