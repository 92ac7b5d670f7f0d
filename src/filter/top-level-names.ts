import type { ResolvedFilter } from "./resolved.ts";

/**
 * The names of the top-level attributes that a filter reads, in canonical case; of attributes of an extension, the
 * extension's URN. What is not among them need not be loaded to decide the filter.
 */
export function topLevelNames(filter: ResolvedFilter): Set<string> {
  const names = new Set<string>();
  collect(filter, names);
  return names;
}

function collect(filter: ResolvedFilter, names: Set<string>): void {
  switch (filter.type) {
    case "and":
    case "or":
      for (const term of filter.terms) collect(term, names);
      return;
    case "not":
      collect(filter.term, names);
      return;
    case "never":
      return;
    default: {
      const name = filter.path.extension ?? filter.path.attribute?.name;
      if (name !== undefined) names.add(name);
    }
  }
}
