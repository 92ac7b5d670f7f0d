import { isObject } from "../../values/is-object.ts";

/**
 * Rejects members that a definition does not have: if one were ignored, its characteristic would have the default.
 * Names are compared in any case.
 *
 * @throws {TypeError} beginning with `where`, that names the member and the one that was probably meant
 */
export function refuseUnknown(json: unknown, known: readonly string[], where: string): void {
  if (!isObject(json)) return;
  const folded = known.map((name) => name.toLowerCase());
  for (const name of Object.keys(json)) {
    const given = name.toLowerCase();
    if (folded.includes(given)) continue;
    const meant = known.find((_, index) => isBeginning(given, folded[index] ?? ""));
    const hint = meant === undefined ? `; members are ${known.join(", ")}` : `, did you mean ${meant}?`;
    throw new TypeError(`${where}: there is no ${name}${hint}`);
  }
}

function isBeginning(one: string, other: string): boolean {
  return one.length > 3 && (one.startsWith(other) || other.startsWith(one));
}
