import { transformResource } from "../../dialects/dialect.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { readResource } from "../../schema/resources/read-resource.ts";
import { type RequestContext, secretsToKeep } from "../requests/context.ts";
import { tellDialect } from "../requests/tell-dialect.ts";

/** The resource in the body of a POST or PUT, read with the handler's dialect and validated. */
export async function readResourceBody(
  requestContext: RequestContext,
  type: ResourceType,
): Promise<{
  readonly resource: Record<string, unknown>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /**
   * The body after the dialect's transforms and before validation. It has every attribute that was sent, even with null
   * or an empty value.
   */
  readonly written: Readonly<Record<string, unknown>>;
}> {
  const { context } = requestContext;
  const raw = await requestContext.body();
  const { body, transforms, dropped } = transformResource(context.dialect, raw, type);
  tellDialect(requestContext, transforms, dropped);
  const { resource, secrets } = readResource(body, type);
  return { resource, secrets: secretsToKeep(context, secrets), written: body };
}
