import * as z from "zod/mini";
import { resolveOptions, wholeNumberOption } from "../../options/resolve-options.ts";

/** Which changes of a source. */
export interface ChangeQuery {
  /** The `next` of the page before. @default from the oldest */
  readonly after?: string | undefined;
  /** How many at most, 1 to 1000. @default 100 */
  readonly take?: number;
}

/** Which requests of a source. */
export interface RequestQuery {
  /** How many at most, 1 to 1000. @default 100 */
  readonly take?: number;
}

const take = wholeNumberOption(100, z.positive(), z.maximum(1000));
const changeSchema = z.strictObject({ after: z.optional(z.string()), take });
const requestSchema = z.strictObject({ take });

/** @throws {TypeError} naming what is wrong */
export function readChangeQuery(query: ChangeQuery): { readonly after: string | undefined; readonly take: number } {
  const { after, take: most } = resolveOptions("changes", changeSchema, query);
  return { after, take: most };
}

/** @throws {TypeError} naming what is wrong */
export function readRequestQuery(query: RequestQuery): number {
  return resolveOptions("requests", requestSchema, query).take;
}
