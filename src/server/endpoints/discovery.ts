import { ForbiddenError, NotFoundError } from "../../errors/request-errors.ts";
import { URN } from "../../protocol/urns.ts";
import { resourceTypeDocument, schemaDocument, serviceProviderConfigDocument } from "../../schema/documents.ts";
import type { ServerContext } from "../context.ts";
import type { Answer } from "../respond.ts";
import type { DiscoveryDocument } from "../route.ts";

/** GET of what the service provider says of itself (RFC 7644 section 4), made from the registry that validates. */
export function getDiscovery(
  context: ServerContext,
  document: DiscoveryDocument,
  id: string | undefined,
  url: URL,
): Answer {
  if (url.searchParams.has("filter")) throw new ForbiddenError("Discovery endpoints cannot be filtered");
  if (document === "ServiceProviderConfig") return { status: 200, body: serviceProviderConfig(context) };
  return document === "Schemas" ? schemas(context, id) : resourceTypes(context, id);
}

function serviceProviderConfig(context: ServerContext): unknown {
  return serviceProviderConfigDocument(
    {
      patch: true,
      ...(context.bulk ? { bulk: bulkLimits(context) } : {}),
      filter: { maxResults: context.limits.maxPageSize },
      changePassword: context.passwords === "deliver",
      etag: true,
      sort: true,
      pagination: {
        cursor: context.resources.capabilities.cursor,
        index: true,
        defaultPaginationMethod: "index",
        defaultPageSize: Math.min(context.limits.defaultPageSize, context.limits.maxPageSize),
        maxPageSize: context.limits.maxPageSize,
        ...(context.resources.capabilities.cursor ? { cursorTimeout: context.cursorTimeout } : {}),
      },
      authenticationSchemes: context.authenticationSchemes,
      ...(context.documentationUri === undefined ? {} : { documentationUri: context.documentationUri }),
    },
    context.baseUrl,
  );
}

function bulkLimits({ limits }: ServerContext): { maxOperations: number; maxPayloadSize: number } {
  return { maxOperations: limits.maxBulkOperations, maxPayloadSize: limits.maxBulkBytes };
}

function schemas(context: ServerContext, id: string | undefined): Answer {
  const all = context.registry.schemas.map((schema) => schemaDocument(schema, context.baseUrl));
  if (id === undefined) return listOf(all);
  const found = context.registry.schemas.findIndex((schema) => schema.id.toLowerCase() === id.toLowerCase());
  return one(all[found]);
}

function resourceTypes(context: ServerContext, id: string | undefined): Answer {
  if (id === undefined) {
    return listOf(context.registry.types.map((type) => resourceTypeDocument(type, context.baseUrl)));
  }
  const type = context.registry.byName(id);
  return one(type === undefined ? undefined : resourceTypeDocument(type, context.baseUrl));
}

function one(document: unknown): Answer {
  if (document === undefined) throw new NotFoundError();
  return { status: 200, body: document };
}

function listOf(documents: readonly unknown[]): Answer {
  return {
    status: 200,
    body: {
      schemas: [URN.listResponse],
      totalResults: documents.length,
      startIndex: 1,
      itemsPerPage: documents.length,
      Resources: documents,
    },
  };
}
