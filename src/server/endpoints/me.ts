import { MethodNotAllowedError, NotFoundError } from "../../errors/request-errors.ts";
import type { Exchange } from "../requests/context.ts";
import { answerFailure } from "../responses/answer-failure.ts";
import { locationOf } from "../responses/represent.ts";
import type { Answer } from "../responses/respond.ts";
import type { ResourceName } from "./resource.ts";

/**
 * A request to `/Me` (RFC 7644 section 3.11), handled as a request to the sender's own resource. Every response,
 * including errors, has the resource's own URL in `Location`.
 *
 * @throws {NotFoundError} if the sender has no resource
 */
export async function answerMe(
  exchange: Exchange,
  request: Request,
  answerFor: (resource: ResourceName) => Promise<Answer>,
): Promise<Answer> {
  const resource = await resourceOf(exchange, request);
  const answer = await answerFor(resource).catch((error: unknown) =>
    answerFailure({ ...exchange, method: request.method }, error),
  );
  const location = locationOf(exchange.context.baseUrl, resource.type, resource.id);
  return { ...answer, headers: { ...answer.headers, Location: location } };
}

/** @throws {MethodNotAllowedError} always: the resource behind `/Me` is created at the endpoint of its type */
export function refuseToCreateMe(allow: readonly string[]): never {
  const detail = "/Me is an existing resource; create resources at the endpoint of their type";
  throw new MethodNotAllowedError(detail, { allow });
}

async function resourceOf({ context, principal }: Exchange, request: Request): Promise<ResourceName> {
  const me = (await context.me?.(principal, request)) ?? undefined;
  if (me === undefined) throw new NotFoundError("These credentials have no resource");
  const type = typeof me.type === "string" ? context.registry.byName(me.type) : undefined;
  if (type === undefined || typeof me.id !== "string" || me.id === "") {
    throw new TypeError("createScimHandler: me: must return the name of a resource type and an id");
  }
  return { type, id: me.id };
}
