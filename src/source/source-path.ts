import * as z from "zod/mini";

/** Where the slug is in a path. */
const SLUG = "{slug}";
const WELL_KNOWN = "/.well-known/oauth-authorization-server";

/** The path of the SCIM endpoints of a source below the base URL. */
export const DEFAULT_PATH = "/source/scim/{slug}/v2";

/** A zod type for a path of SCIM endpoints. With `needsSlug`, it must have `{slug}` as a whole segment. */
export function pathOption({ needsSlug }: { readonly needsSlug: boolean }): z.ZodMiniType<string> {
  const isPath = (text: string): boolean => /^(?:\/[\w.~{}-]+)+$/.test(text);
  const parts = (text: string): readonly string[] => text.split("/").filter((part) => part.includes("{"));
  const hasSlug = (text: string): boolean =>
    parts(text).every((part) => part === SLUG) && parts(text).length <= 1 && (!needsSlug || parts(text).length === 1);
  return z
    .string()
    .check(
      z.refine(isPath, { error: "must be a path such as /source/scim/{slug}/v2" }),
      z.refine(hasSlug, { error: `must have ${needsSlug ? "" : "at most "}one segment {slug}` }),
    );
}

/** The path of a source. */
export function pathOf(template: string, slug: string): string {
  return template.replace(SLUG, slug);
}

/** The slug in the path of a request, for SCIM, the token endpoint or its metadata; undefined if it has none. */
export function slugIn(template: string, pathname: string): string | undefined {
  const path = pathname.startsWith(`${WELL_KNOWN}/`) ? pathname.slice(WELL_KNOWN.length) : pathname;
  const prefix = template.slice(0, template.indexOf(SLUG));
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  const end = rest.indexOf("/");
  return end > 0 ? rest.slice(0, end) : undefined;
}
