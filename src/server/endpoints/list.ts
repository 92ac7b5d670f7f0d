import { resolveFilter } from "../../filter/resolve-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { leniencies, literalCoercions } from "../../patch/leniencies.ts";
import { parseFilter } from "../../path/parse-filter.ts";
import { URN } from "../../protocol/urns.ts";
import type { ResourceType } from "../../schema/definition.ts";
import { listResources } from "../../storage/list-resources.ts";
import { type Exchange, partitionOf } from "../context.ts";
import type { ListRequest } from "../list-request.ts";
import { omittedAttributes, represent } from "../represent.ts";
import type { Answer } from "../respond.ts";
import { tellDialect } from "../tell-dialect.ts";
import { projectionOf } from "./read.ts";

/** GET of a collection: filter, index paging, projection (RFC 7644 section 3.4.2). */
export async function listCollection(exchange: Exchange, type: ResourceType, request: ListRequest): Promise<Answer> {
  const projection = projectionOf(exchange, type);
  const { limits, resources } = exchange.context;
  const startIndex = Math.max(1, request.startIndex ?? 1);
  const count = Math.max(0, request.count ?? limits.defaultPageSize);
  const filter = filterOf(exchange, type, request.filter);
  const page = await listResources(resources, partitionOf(exchange, type), {
    ...(filter === undefined ? {} : { filter }),
    skip: startIndex - 1,
    take: Math.min(count, limits.maxPageSize),
    count: true,
    omit: omittedAttributes(exchange, type, projection),
  });
  const found = await represent(exchange, type, page.resources, projection);
  return {
    status: 200,
    body: {
      schemas: [URN.listResponse],
      totalResults: page.total,
      startIndex,
      itemsPerPage: found.length,
      Resources: found,
    },
  };
}

function filterOf(exchange: Exchange, type: ResourceType, text: string | undefined): ResolvedFilter | undefined {
  if (text === undefined) return undefined;
  const { limits, dialect } = exchange.context;
  const leniency = new Set<string>();
  const tree = parseFilter(text, {
    maxLength: limits.maxFilterLength,
    maxDepth: limits.maxFilterDepth,
    maxTerms: limits.maxFilterTerms,
    leniencies: leniencies(dialect),
    onLeniency: (name) => leniency.add(name),
  });
  const filter = resolveFilter(tree, type, {
    ...literalCoercions(dialect),
    onCoerce: (name) => leniency.add(name),
  });
  const transforms = dialect.transforms.filter(
    (each) => leniency.has(each.filter ?? "") || leniency.has(each.literal ?? ""),
  );
  tellDialect(
    exchange,
    transforms.map((each) => each.name),
  );
  return filter;
}
