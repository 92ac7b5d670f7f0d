import { transformName } from "../../dialects/query-names.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { type Projection, parseProjection } from "../../schema/resources/project.ts";
import type { RequestContext } from "./context.ts";
import { tellDialect } from "./tell-dialect.ts";

/** The attributes that the client asked for (RFC 7644 section 3.9), named as the dialect accepts. */
export function readProjection(requestContext: RequestContext, type: ResourceType): Projection {
  const { shown, context } = requestContext;
  const used = new Set<string>();
  const renamed = (names: string | readonly string[] | undefined): readonly string[] | undefined => {
    const list = typeof names === "string" ? names.split(",") : names;
    return list?.map((name) => transformName(context.dialect, type, name.trim(), (each) => used.add(each)));
  };
  const projection = parseProjection(
    { attributes: renamed(shown.attributes), excludedAttributes: renamed(shown.excludedAttributes) },
    type,
  );
  tellDialect(requestContext, [...used]);
  return projection;
}
