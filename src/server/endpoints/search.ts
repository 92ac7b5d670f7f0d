import type { ResourceType } from "../../schema/attributes/definition.ts";
import { readSearchRequest } from "../lists/search-request.ts";
import type { Exchange } from "../requests/context.ts";
import type { Answer } from "../responses/respond.ts";
import { listTypes } from "./list.ts";

/** POST of a search over the resources of these types (RFC 7644 section 3.4.3): a query whose parameters are in the body. */
export async function searchTypes(exchange: Exchange, types: readonly ResourceType[]): Promise<Answer> {
  const { list, shown } = readSearchRequest(await exchange.body());
  return listTypes({ ...exchange, shown }, types, list);
}
