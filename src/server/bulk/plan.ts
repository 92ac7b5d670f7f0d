import { InvalidSyntaxError, MethodNotAllowedError } from "../../errors/request-errors.ts";
import { asScimError, type ScimError } from "../../errors/scim-error.ts";
import type { ServerContext } from "../requests/context.ts";
import { findRoute, type Route } from "../requests/route.ts";
import { keepsMembersApart } from "../writes/membership.ts";
import type { BulkOperation } from "./read-bulk-request.ts";
import { bulkIdIn, referencesIn } from "./references.ts";

/** What an operation works on. */
export type Target = Extract<Route, { kind: "collection" | "resource" }>;

/** An operation and the operations that it needs. */
export interface PlannedOperation {
  readonly operation: BulkOperation;
  readonly target: Target | undefined;
  /** The error, if it has no target. */
  readonly refusal: ScimError | undefined;
  /** The bulkIds that its path and its data refer to. */
  readonly refersTo: ReadonlySet<string>;
  /** Those of them that must exist before it, such as members of a group; for the others an id is enough. */
  readonly requires: ReadonlySet<string>;
}

const METHODS: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** An endpoint, which may have several segments, and an optional id: no host, no query, no fragment, and nothing that a URL parser reads as a slash. */
const PATH = /^(?:\/[^/?#\\]+)+\/?$/;

/**
 * Finds the target of an operation and the operations that it refers to. Does not throw: an error becomes its
 * `refusal`.
 */
export function planOperation(context: ServerContext, operation: BulkOperation): PlannedOperation {
  try {
    const target = targetOf(context, operation);
    const refersTo = new Set(referencesIn(operation.data));
    const inPath = target.kind === "resource" ? bulkIdIn(target.id) : undefined;
    if (inPath !== undefined) refersTo.add(inPath);
    const requires = keepsMembersApart(context.resources, target.type) ? membersIn(operation) : new Set<string>();
    return { operation, target, refusal: undefined, refersTo, requires };
  } catch (error) {
    return { operation, target: undefined, refusal: asScimError(error), refersTo: new Set(), requires: new Set() };
  }
}

function segmentsOf(path: string): number {
  return path.split("/").filter((segment) => segment !== "").length;
}

/** The segments of the longest path of a resource. */
function mostSegments({ registry }: ServerContext): number {
  return Math.max(...registry.types.map(({ endpoint }) => segmentsOf(endpoint))) + 1;
}

function membersIn({ data }: BulkOperation): ReadonlySet<string> {
  return referencesIn(Object.entries(data).filter(([name]) => name.toLowerCase() === "members"));
}

function targetOf(context: ServerContext, { method, path }: BulkOperation): Target {
  if (!METHODS.has(method)) throw new InvalidSyntaxError("method must be POST, PUT, PATCH or DELETE");
  if (!PATH.test(path) || segmentsOf(path) > mostSegments(context)) {
    throw new InvalidSyntaxError("path must be relative to the base URL and without a query, such as /Users/{id}");
  }
  // A lone surrogate is possible in JSON but not in a URL, so not in the location of a result either.
  if (!path.isWellFormed()) throw new InvalidSyntaxError("path must not contain a lone surrogate");
  const route = findRoute(path, "", context.registry);
  if (route.kind !== "collection" && route.kind !== "resource") {
    throw new InvalidSyntaxError("path must be that of a resource, or of the endpoint of a resource type");
  }
  if (route.kind === "resource" && /^\.{1,2}$/.test(route.id))
    throw new InvalidSyntaxError("path must not consist of dots");
  const isPost = method === "POST";
  if (isPost && route.kind === "resource") {
    const detail = `POST needs the path of a resource type's endpoint, such as ${route.type.endpoint}`;
    throw new MethodNotAllowedError(detail, { allow: ["PUT", "PATCH", "DELETE"] });
  }
  if (!isPost && route.kind === "collection") {
    const detail = `${method} needs the path of a resource, such as ${route.type.endpoint}/{id}`;
    throw new MethodNotAllowedError(detail, { allow: ["POST"] });
  }
  return route;
}
