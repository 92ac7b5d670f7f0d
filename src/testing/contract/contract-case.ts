/** One promise of an interface as a test: `run` throws when it is not kept. Needs no test framework. */
export interface ContractCase<Id extends string = string> {
  readonly id: Id;
  /** A sentence of what is promised. */
  readonly title: string;
  run(): Promise<void>;
}

/** A case before it is bound to what it tests. */
export interface CaseDefinition<Subject> {
  readonly title: string;
  run(subject: Subject): Promise<void>;
}

/** Cases by id. */
export type CaseTable<Id extends string, Subject> = Readonly<Record<Id, CaseDefinition<Subject>>>;

/** How a case comes by what it tests. */
export interface Bound<Subject> {
  create(): Promise<Subject>;
  destroy(subject: Subject): Promise<void>;
}

/** Binds a table to its subject: each case gets one of its own, which is given back afterwards. */
export function bindCases<Id extends string, Needed, Subject extends Needed>(
  table: CaseTable<Id, Needed>,
  bound: Bound<Subject>,
): ContractCase<Id>[] {
  return Object.entries<CaseDefinition<Needed>>(table).map(([id, definition]) => ({
    id: id as Id,
    title: definition.title,
    run: async () => {
      const subject = await bound.create();
      try {
        await definition.run(subject);
      } finally {
        await bound.destroy(subject);
      }
    },
  }));
}
