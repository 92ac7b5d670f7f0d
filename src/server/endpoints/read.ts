import { NotFoundError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { type Projection, parseProjection } from "../../schema/resources/project.ts";
import { type Exchange, partitionOf } from "../requests/context.ts";
import { headersOf, omittedAttributes, showResource } from "../responses/represent.ts";
import type { Answer } from "../responses/respond.ts";
import { isKnown } from "../writes/conditions.ts";

/** The attributes that the client asked for (RFC 7644 section 3.9). */
export function projectionOf(exchange: Exchange, type: ResourceType): Projection {
  return parseProjection(exchange.shown, type);
}

/** GET of one resource (RFC 7644 section 3.4.1). */
export async function getResource(exchange: Exchange, type: ResourceType, id: string): Promise<Answer> {
  const projection = projectionOf(exchange, type);
  const stored = await exchange.context.resources.find(partitionOf(exchange, type), id, {
    omit: omittedAttributes(exchange, type, projection),
  });
  if (stored === undefined) throw new NotFoundError();
  // A 304 has the headers that the 200 would have had (RFC 9110 section 15.4.5).
  const headers = headersOf(exchange, type, stored);
  return isKnown(exchange, stored.version)
    ? { status: 304, headers }
    : showResource(exchange, type, stored, projection);
}
