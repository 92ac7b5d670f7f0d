import { compareUtf8 } from "../../../values/utf8-order.ts";
import type { SortPlace } from "../../driver/sort-cursor.ts";
import type { Sort } from "../../list-query.ts";

/** Keeps the first matches of a sorted listing, so that memory does not grow with all matches. */
export interface BestMatches<Match extends SortPlace> {
  add(match: Match): void;
  /** The first ones, in their order. */
  first(): readonly Match[];
}

/** Missing keys come last in ascending and first in descending order, equal keys by id. */
export function compareMatches(order: Sort["order"], one: SortPlace, other: SortPlace): number {
  const byKey = compareKeys(one.key, other.key);
  return (order === "ascending" ? byKey : -byKey) || compareUtf8(one.id, other.id);
}

function compareKeys(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return compareUtf8(one, other);
}

/** Keeps `most` matches. */
export function bestMatches<Match extends SortPlace>(order: Sort["order"], most: number): BestMatches<Match> {
  let kept: Match[] = [];
  const shorten = (): void => {
    kept = kept.sort((one, other) => compareMatches(order, one, other)).slice(0, most);
  };
  return {
    add: (match) => {
      kept.push(match);
      if (kept.length >= 2 * most + 1000) shorten();
    },
    first: () => {
      shorten();
      return kept;
    },
  };
}
