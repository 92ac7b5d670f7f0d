import { sha256Hex } from "../../crypto/sha256.ts";
import { ForbiddenError, NotFoundError } from "../../errors/request-errors.ts";
import { URN } from "../../protocol/urns.ts";
import { discoverySchemas } from "../../schema/definitions/discovery.ts";
import {
  resourceTypeDocument,
  schemaDocument,
  serviceProviderConfigDocument,
} from "../../schema/discovery/documents.ts";
import type { ServerContext } from "../requests/context.ts";
import type { DiscoveryDocument } from "../requests/route.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { namesTag } from "../writes/conditions.ts";

/** How long a client may cache discovery. In its own cache only: what may be read depends on the credentials. */
const CACHED = "private, max-age=300";

/** A request to a discovery endpoint. */
export interface DiscoveryRequest {
  readonly document: DiscoveryDocument;
  readonly id: string | undefined;
  readonly filter: string | null;
  /** The entity tags that the client has already. */
  readonly ifNoneMatch: string | null;
}

/**
 * GET of a discovery document (RFC 7644 section 4), made from the registry that also validates resources. It holds no
 * personal data, so that clients may cache it for a while and revalidate it by its entity tag.
 */
export async function getDiscovery(context: ServerContext, asked: DiscoveryRequest): Promise<EndpointResponse> {
  if (asked.filter !== null) throw new ForbiddenError("Discovery endpoints cannot be filtered");
  const body = documentOf(context, asked);
  const headers = { ETag: `W/"${await sha256Hex(JSON.stringify(body))}"`, "Cache-Control": CACHED };
  if (asked.ifNoneMatch !== null && namesTag(asked.ifNoneMatch, headers.ETag)) return { status: 304, headers };
  return { status: 200, body, headers };
}

/** @throws {NotFoundError} for an id that no document has */
function documentOf(context: ServerContext, { document, id }: DiscoveryRequest): unknown {
  if (document === "ServiceProviderConfig") return serviceProviderConfig(context);
  return document === "Schemas" ? schemas(context, id) : resourceTypes(context, id);
}

function serviceProviderConfig(context: ServerContext): unknown {
  return serviceProviderConfigDocument(
    {
      patch: true,
      bulk: context.bulk ? bulkLimits(context) : undefined,
      filter: { maxResults: context.limits.maxPageSize },
      changePassword: context.passwords !== "discard",
      etag: true,
      sort: true,
      pagination: {
        cursor: context.resources.capabilities.cursor,
        index: true,
        defaultPaginationMethod: "index",
        defaultPageSize: context.limits.defaultPageSize,
        maxPageSize: context.limits.maxPageSize,
        cursorTimeout: context.resources.capabilities.cursor ? context.cursorTimeout : undefined,
      },
      authenticationSchemes: context.authenticationSchemes,
      documentationUri: context.documentationUri,
    },
    context.baseUrl,
  );
}

function bulkLimits({ limits }: ServerContext): { maxOperations: number; maxPayloadSize: number } {
  return { maxOperations: limits.maxBulkOperations, maxPayloadSize: limits.maxBulkBytes };
}

function schemas(context: ServerContext, id: string | undefined): unknown {
  const { registry, baseUrl } = context;
  const own = discoverySchemas.filter((schema) => registry.schema(schema.id) === undefined);
  const all = [...registry.schemas, ...own];
  if (id === undefined) return listOf(all.map((schema) => schemaDocument(schema, baseUrl)));
  const found = all.find((schema) => schema.id.toLowerCase() === id.toLowerCase());
  return one(found && schemaDocument(found, baseUrl));
}

function resourceTypes(context: ServerContext, id: string | undefined): unknown {
  if (id === undefined) {
    return listOf(context.registry.types.map((type) => resourceTypeDocument(type, context.baseUrl)));
  }
  const type = context.registry.byName(id);
  return one(type === undefined ? undefined : resourceTypeDocument(type, context.baseUrl));
}

function one(document: unknown): unknown {
  if (document === undefined) throw new NotFoundError();
  return document;
}

function listOf(documents: readonly unknown[]): unknown {
  return {
    schemas: [URN.listResponse],
    totalResults: documents.length,
    startIndex: 1,
    itemsPerPage: documents.length,
    Resources: documents,
  };
}
