import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Exchange } from "../requests/context.ts";
import type { Answer } from "../responses/respond.ts";
import { deleteResource } from "./delete.ts";
import { patchResource } from "./patch.ts";
import { getResource } from "./read.ts";
import { replaceResource } from "./replace.ts";

/** A resource of a tenant. */
export interface ResourceName {
  readonly type: ResourceType;
  readonly id: string;
}

/** Handles a request for one resource: a request of its own, one to `/Me`, or an operation of a bulk request. */
export function answerResource(exchange: Exchange, method: string, { type, id }: ResourceName): Promise<Answer> {
  if (method === "GET") return getResource(exchange, type, id);
  if (method === "PUT") return replaceResource(exchange, type, id);
  if (method === "PATCH") return patchResource(exchange, type, id);
  return deleteResource(exchange, type, id);
}
