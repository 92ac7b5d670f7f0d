import { locationOf } from "../responses/location.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { componentsInOrder } from "./components-in-order.ts";
import { Creations, conflict, shownReference } from "./creations.ts";
import { type BulkAsked, doOperation, failOperation, tellOperation, undo } from "./do-operation.ts";
import { type PlannedOperation, planOperation } from "./plan.ts";
import type { BulkRequest } from "./read-bulk-request.ts";
import { bulkIdIn } from "./references.ts";
import { type BulkResult, isFailure, resultOf } from "./result.ts";

/** Most bulkIds that an error names. */
const MAX_NAMED = 10;

/** Operations that are done together: one, or a cycle. */
interface Component {
  readonly operations: readonly PlannedOperation[];
  /** Whether the operations depend on each other, or a single one on itself. */
  readonly isCycle: boolean;
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
  private readonly responses: Map<PlannedOperation, EndpointResponse> = new Map();
  private failures = 0;

  constructor(asked: BulkAsked, request: BulkRequest) {
    this.asked = asked;
    this.failOnErrors = request.failOnErrors ?? Number.POSITIVE_INFINITY;
    this.planned = request.operations.map((operation) => planOperation(asked.context, operation));
    this.creations = new Creations(asked.context, this.planned);
  }

  /** Does the operations and returns the results of those that were tried, in the order of the request. */
  async run(): Promise<readonly BulkResult[]> {
    for (const { operations, isCycle } of this.inOrder(this.planned, ({ refersTo }) => refersTo)) {
      if (this.failures >= this.failOnErrors) break;
      if (isCycle) await this.doCycle(operations);
      else for (const planned of operations) this.record(planned, await this.attempt(planned));
    }
    return this.planned.flatMap((planned) => {
      const response = this.responses.get(planned);
      return response === undefined ? [] : resultOf(planned.operation, response, this.locationOf(planned, response));
    });
  }

  /** Puts operations after the creations that they need; otherwise the order of the request stays. */
  private inOrder(
    operations: readonly PlannedOperation[],
    needed: (planned: PlannedOperation) => ReadonlySet<string>,
  ): readonly Component[] {
    const positions = new Map(operations.map((planned, position) => [planned, position]));
    const needs = operations.map((planned) =>
      [...needed(planned)].flatMap((bulkId) => {
        const creation = this.creations.operationOf(bulkId);
        return creation === undefined ? [] : (positions.get(creation) ?? []);
      }),
    );
    return componentsInOrder(needs).map((component) => ({
      operations: component.flatMap((position) => operations[position] ?? []),
      isCycle: component.length > 1 || component.some((position) => needs[position]?.includes(position)),
    }));
  }

  private attempt(planned: PlannedOperation): Promise<EndpointResponse> {
    return doOperation(this.asked, planned, this.creations);
  }

  private record(planned: PlannedOperation, response: EndpointResponse): void {
    this.responses.set(planned, response);
    tellOperation(this.asked, planned, response);
    if (!isFailure(response)) return;
    this.failures += 1;
    this.creations.noteFailure(planned, response.status);
  }

  private async doCycle(cycle: readonly PlannedOperation[]): Promise<void> {
    const components = this.inOrder(cycle, ({ requires }) => requires);
    if (components.some(({ isCycle }) => isCycle)) {
      this.refuse(cycle, `Groups would be their own members, directly or through each other: ${named(cycle)}`);
      return;
    }
    const order = components.flatMap(({ operations }) => operations);
    const done: { planned: PlannedOperation; response: EndpointResponse }[] = [];
    for (const planned of order) {
      const response = await this.attempt(planned);
      if (isFailure(response)) {
        this.record(planned, response);
        const reason = `${named(cycle)} refer to each other, and Operations[${planned.operation.index}] failed with ${response.status}`;
        this.refuse(order.slice(done.length + 1), reason);
        for (const each of done.toReversed()) await this.undo(each.planned, each.response, reason);
        return;
      }
      done.push({ planned, response });
    }
    for (const each of done) this.record(each.planned, each.response);
  }

  private refuse(operations: readonly PlannedOperation[], reason: string): void {
    for (const planned of operations) this.record(planned, failOperation(this.asked, planned, conflict(reason)));
  }

  private async undo(planned: PlannedOperation, response: EndpointResponse, reason: string): Promise<void> {
    const id = this.creations.idOf(planned.operation.bulkId ?? "");
    this.record(planned, await undo(this.asked, planned, { id, response, reason }));
  }

  /** The URL of an operation's resource; undefined if there is none. */
  private locationOf({ target }: PlannedOperation, response: EndpointResponse): string | undefined {
    if (target === undefined) return undefined;
    if (target.kind === "collection") return isFailure(response) ? undefined : response.headers?.Location;
    const bulkId = bulkIdIn(target.id);
    if (bulkId !== undefined && !this.isCreated(bulkId)) return undefined;
    const id = bulkId === undefined ? target.id : this.creations.idOf(bulkId);
    return locationOf(this.asked.context.baseUrl, target.type, id);
  }

  private isCreated(bulkId: string): boolean {
    const creation = this.creations.operationOf(bulkId);
    const response = creation && this.responses.get(creation);
    return response !== undefined && !isFailure(response);
  }
}

function named(operations: readonly PlannedOperation[]): string {
  const names = operations.slice(0, MAX_NAMED).map(({ operation }) => shownReference(operation.bulkId ?? ""));
  return operations.length > MAX_NAMED ? `${names.join(", ")} and others` : names.join(", ");
}
