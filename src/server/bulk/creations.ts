import { ScimError } from "../../errors/scim-error.ts";
import { shortened } from "../../values/shortened.ts";
import type { ServerContext } from "../requests/context.ts";
import { newResourceId } from "../requests/new-resource-id.ts";
import { locationOf } from "../responses/location.ts";
import type { PlannedOperation } from "./plan.ts";
import type { Referred } from "./references.ts";

/** 409: a reference that cannot be resolved (RFC 7644 section 3.7.1). */
export function conflict(detail: string): ScimError {
  return new ScimError(detail, { status: 409 });
}

/** A bulkId as an error shows it. */
export function shownReference(bulkId: string): string {
  return `bulkId:${shortened(bulkId, 64)}`;
}

/**
 * The resources that a bulk request creates, by bulkId. Their ids are generated before the resources exist, so that
 * resources can refer to each other in a cycle.
 */
export class Creations {
  private readonly context: ServerContext;
  private readonly operations: ReadonlyMap<string, PlannedOperation>;
  private readonly ids: Map<string, string> = new Map();
  /** The status with which a creation failed. */
  private readonly failures: Map<string, number> = new Map();

  constructor(context: ServerContext, planned: readonly PlannedOperation[]) {
    this.context = context;
    const creations = planned.filter(({ operation }) => operation.method === "POST");
    this.operations = new Map(
      creations.flatMap((each) => (each.operation.bulkId === undefined ? [] : [[each.operation.bulkId, each]])),
    );
  }

  /** The operation that creates the resource with this bulkId. */
  operationOf(bulkId: string): PlannedOperation | undefined {
    return this.operations.get(bulkId);
  }

  /** Records that a creation failed, so that operations that refer to it fail too. */
  noteFailure({ operation }: PlannedOperation, status: number): void {
    if (operation.method === "POST" && operation.bulkId !== undefined) this.failures.set(operation.bulkId, status);
  }

  /** The id that the resource has, or will have. */
  idOf(bulkId: string): string {
    const id = this.ids.get(bulkId) ?? newResourceId(this.context);
    this.ids.set(bulkId, id);
    return id;
  }

  /** The values that replace a reference. @throws {ScimError} 409 if it cannot be resolved */
  refer(bulkId: string): Referred {
    const unresolved = `${shownReference(bulkId)} cannot be resolved`;
    const operation = this.operations.get(bulkId);
    if (operation === undefined) throw conflict(`${unresolved}: no POST of this request has that bulkId`);
    const status = this.failures.get(bulkId);
    if (status !== undefined)
      throw conflict(`${unresolved}: Operations[${operation.operation.index}] failed with ${status}`);
    const id = this.idOf(bulkId);
    const type = operation.target?.type;
    return { id, location: type === undefined ? id : locationOf(this.context.baseUrl, type, id) };
  }
}
