import { type RawBuilder, sql as raw } from "kysely";
import { simplePath } from "../../../filter/sort-key.ts";
import type { ResolvedPath } from "../../../schema/attributes/definition.ts";
import type { SortPlace } from "../../driver/sort-cursor.ts";
import type { Sort } from "../../list-query.ts";
import type { SqlEngine } from "../engine/engine.ts";
import { FORM } from "../engine/search-document.ts";
import { allOf, anyOf, type Condition } from "./condition.ts";
import { formsAt, type Place } from "./json-search.ts";
import { formOf } from "./value-conditions.ts";

/** What rows of the table of resources, known as `r`, are sorted by: the text of `orderKey`, or NULL. */
export function sortColumn(engine: SqlEngine, path: ResolvedPath): RawBuilder<string | null> {
  const { extension, attribute, sub } = simplePath(path);
  if (extension === undefined && attribute?.name === "id") return raw.ref<string>("r.id");
  if (extension === undefined && attribute?.name === "meta") return metaColumn(sub?.name);
  const definition = sub ?? attribute;
  const form = definition === undefined ? undefined : formOf(definition);
  if (form === undefined) return NONE;
  const names = [extension, attribute?.name, sub?.name].filter((name) => name !== undefined);
  const places = placesOf(names).map((steps): Place => ({ column: raw.ref("r.search"), path: steps }));
  const texts = places.map((place) => formsAt(engine, place)[form] ?? NONE);
  return raw<string | null>`coalesce(${raw.join(texts)})`;
}

const NONE: RawBuilder<string | null> = raw<string | null>`cast(null as text)`;

/** The resource type is the same for all, so the rows come by id. */
function metaColumn(name: string | undefined): RawBuilder<string | null> {
  if (name === "created") return raw.ref<string | null>("r.created_instant");
  if (name === "lastModified") return raw.ref<string | null>("r.modified_instant");
  return name === "version" ? raw.ref<string>("r.version") : NONE;
}

/** Where the value that counts can be: each name leads to a single value, or to a list whose first element counts. */
function placesOf([name, ...rest]: readonly string[]): readonly (readonly (string | number)[])[] {
  if (name === undefined) return [[]];
  const inner = placesOf(rest);
  return [...inner.map((steps) => [name, ...steps]), ...inner.map((steps) => [FORM.list + name, 0, ...steps])];
}

/** What comes after a position: missing keys last in ascending and first in descending order, equal keys by id. */
export function isBehind(key: RawBuilder<string | null>, order: Sort["order"], place: SortPlace): Condition {
  const id = raw.ref("r.id");
  if (place.key === null) {
    const amongMissing = raw<boolean>`(${key} is null and ${id} > ${place.id})`;
    return order === "ascending" ? amongMissing : anyOf([amongMissing, raw<boolean>`${key} is not null`]);
  }
  const amongEqual = allOf([raw<boolean>`${key} = ${place.key}`, raw<boolean>`${id} > ${place.id}`]);
  return order === "ascending"
    ? anyOf([raw<boolean>`${key} > ${place.key}`, amongEqual, raw<boolean>`${key} is null`])
    : anyOf([raw<boolean>`${key} < ${place.key}`, amongEqual]);
}
