import { yieldTurn } from "../../timing/yield-turn.ts";
import { locationOf } from "../responses/represent.ts";
import type { Answer } from "../responses/respond.ts";
import { Creations, conflict, shownReference } from "./creations.ts";
import { type BulkAsked, doOperation, failOperation, takeBack, tellOperation } from "./do-operation.ts";
import { type PlannedOperation, planOperation } from "./plan.ts";
import type { BulkRequest } from "./read-bulk-request.ts";
import { bulkIdIn } from "./references.ts";
import { type BulkResult, isFailure, resultOf } from "./result.ts";
import { unitsInOrder } from "./units-in-order.ts";

/** Most bulkIds that an error names. */
const MAX_NAMED = 10;
/** After this many operations, other pending work gets a turn: a storage may never yield by itself. */
const OPERATIONS_IN_A_ROW = 20;

/** Operations that are done together: one, or a cycle. */
interface Unit {
  readonly operations: readonly PlannedOperation[];
  /** Whether the operations depend on each other, or a single one on itself. */
  readonly isRing: boolean;
}

/**
 * The operations of one bulk request, done one after the other.
 *
 * Each succeeds or fails by itself, except creations that refer to each other in a cycle: their ids are generated
 * beforehand, and if one of them fails, all of them are undone.
 */
export class BulkJob {
  private readonly asked: BulkAsked;
  private readonly failOnErrors: number;
  private readonly planned: readonly PlannedOperation[];
  private readonly creations: Creations;
  private readonly answers: Map<PlannedOperation, Answer> = new Map();
  private failures = 0;
  private attempts = 0;

  constructor(asked: BulkAsked, request: BulkRequest) {
    this.asked = asked;
    this.failOnErrors = request.failOnErrors ?? Number.POSITIVE_INFINITY;
    this.planned = request.operations.map((operation) => planOperation(asked.context, operation));
    this.creations = new Creations(asked.context, this.planned);
  }

  /** Does the operations and returns the results of those that were tried, in the order of the request. */
  async run(): Promise<readonly BulkResult[]> {
    for (const { operations, isRing } of this.inOrder(this.planned, ({ refersTo }) => refersTo)) {
      if (this.failures >= this.failOnErrors) break;
      if (isRing) await this.doRing(operations);
      else for (const planned of operations) this.keep(planned, await this.attempt(planned));
    }
    return this.planned.flatMap((planned) => {
      const answer = this.answers.get(planned);
      return answer === undefined ? [] : resultOf(planned.operation, answer, this.locationOf(planned, answer));
    });
  }

  /** Puts operations after the creations that they need; otherwise the order of the request stays. */
  private inOrder(
    operations: readonly PlannedOperation[],
    needed: (planned: PlannedOperation) => ReadonlySet<string>,
  ): readonly Unit[] {
    const positions = new Map(operations.map((planned, position) => [planned, position]));
    const needs = operations.map((planned) =>
      [...needed(planned)].flatMap((bulkId) => {
        const creation = this.creations.operationOf(bulkId);
        return creation === undefined ? [] : (positions.get(creation) ?? []);
      }),
    );
    return unitsInOrder(needs).map((unit) => ({
      operations: unit.flatMap((position) => operations[position] ?? []),
      isRing: unit.length > 1 || unit.some((position) => needs[position]?.includes(position)),
    }));
  }

  private async attempt(planned: PlannedOperation): Promise<Answer> {
    this.attempts += 1;
    if (this.attempts % OPERATIONS_IN_A_ROW === 0) await yieldTurn();
    return doOperation(this.asked, planned, this.creations);
  }

  private keep(planned: PlannedOperation, answer: Answer): void {
    this.answers.set(planned, answer);
    tellOperation(this.asked, planned, answer);
    if (!isFailure(answer)) return;
    this.failures += 1;
    this.creations.noteFailure(planned, answer.status);
  }

  private async doRing(ring: readonly PlannedOperation[]): Promise<void> {
    const units = this.inOrder(ring, ({ requires }) => requires);
    if (units.some(({ isRing }) => isRing)) {
      this.refuse(ring, `Groups would be their own members, directly or through each other: ${named(ring)}`);
      return;
    }
    const order = units.flatMap(({ operations }) => operations);
    const done: { planned: PlannedOperation; answer: Answer }[] = [];
    for (const planned of order) {
      const answer = await this.attempt(planned);
      if (isFailure(answer)) {
        this.keep(planned, answer);
        const reason = `${named(ring)} refer to each other, and Operations[${planned.operation.index}] failed with ${answer.status}`;
        this.refuse(order.slice(done.length + 1), reason);
        for (const each of done.toReversed()) await this.takeBack(each.planned, each.answer, reason);
        return;
      }
      done.push({ planned, answer });
    }
    for (const each of done) this.keep(each.planned, each.answer);
  }

  private refuse(operations: readonly PlannedOperation[], reason: string): void {
    for (const planned of operations) this.keep(planned, failOperation(this.asked, planned, conflict(reason)));
  }

  private async takeBack(planned: PlannedOperation, answer: Answer, reason: string): Promise<void> {
    const id = this.creations.idOf(planned.operation.bulkId ?? "");
    this.keep(planned, await takeBack(this.asked, planned, { id, answer, reason }));
  }

  /** The URL of an operation's resource; undefined if there is none. */
  private locationOf({ target }: PlannedOperation, answer: Answer): string | undefined {
    if (target === undefined) return undefined;
    if (target.kind === "collection") return isFailure(answer) ? undefined : answer.headers?.Location;
    const bulkId = bulkIdIn(target.id);
    if (bulkId !== undefined && !this.isCreated(bulkId)) return undefined;
    const id = bulkId === undefined ? target.id : this.creations.idOf(bulkId);
    return locationOf(this.asked.context.baseUrl, target.type, id);
  }

  private isCreated(bulkId: string): boolean {
    const creation = this.creations.operationOf(bulkId);
    const answer = creation && this.answers.get(creation);
    return answer !== undefined && !isFailure(answer);
  }
}

function named(operations: readonly PlannedOperation[]): string {
  const names = operations.slice(0, MAX_NAMED).map(({ operation }) => shownReference(operation.bulkId ?? ""));
  return operations.length > MAX_NAMED ? `${names.join(", ")} and others` : names.join(", ");
}
