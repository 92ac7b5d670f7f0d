import type { ResolvedFilter } from "../filter/resolved.ts";
import type { ResolvedPath } from "../schema/attributes/definition.ts";
import type { Work } from "../work/work.ts";
import type { StoredResource } from "./stored-resource.ts";

/**
 * The order of a listing (RFC 7644 section 3.4.2.3). Without it: by `created`, then `id`.
 *
 * Values are ordered as filters compare them: strings folded unless `caseExact`, by code points (UTF-8); dateTimes as
 * instants; false before true. A complex attribute is ordered by its `value`; of several values the primary one counts,
 * otherwise the first. Resources without a value come last in ascending and first in descending order. Resources with
 * the same value are ordered by id, in ascending binary order.
 */
export interface Sort {
  readonly path: ResolvedPath;
  readonly order: "ascending" | "descending";
}

/** A query of `ResourceStorage.list`. */
export interface ListQuery {
  /** Only a filter for which `capabilities.filter` returned true. */
  readonly filter?: ResolvedFilter;
  /** Only a sort for which `capabilities.sort` returned true. */
  readonly sort?: Sort;
  /**
   * `id`, only if `capabilities.idOrder` is true and without `sort`: in binary order of ids (UTF-8). Then `after` is an
   * id, which need not exist, and `Page.next` is the last id of the page. @default by `created`, then `id`
   */
  readonly order?: "created" | "id";
  /**
   * `Page.next` of the previous page, for the same filter, sort and order. For any other text `list` throws an
   * `InvalidValueError`.
   */
  readonly after?: string;
  /** How many matches to skip, from 0. Not together with `after`. */
  readonly skip?: number;
  /** The most resources to return; 0 is allowed. */
  readonly take: number;
  /** Whether `Page.total` is wanted. */
  readonly count?: boolean;
  /** Top-level attributes to leave out of `attributes`. No others may be left out. */
  readonly omit?: readonly string[];
  /**
   * What the request may still cost. A driver that scans charges it for rows and comparisons, and stops when its
   * `signal` aborts. A driver may ignore it. @default unlimited
   */
  readonly work?: Work;
}

/** A page of a listing. */
export interface Page {
  readonly resources: readonly StoredResource[];
  /** Where the next page begins; absent exactly when there is none, and if `take` was 0. */
  readonly next?: string;
  /** The number of matches over all pages, if `count` asked for it. */
  readonly total?: number;
}
