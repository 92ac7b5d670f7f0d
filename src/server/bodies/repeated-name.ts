import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./json-characters.ts";

/**
 * The name that two members of one object in a JSON text share; `JSON.parse` would silently drop the first. Undefined
 * if there is none. The text must be valid JSON. Takes time linear in its length.
 */
export function repeatedName(json: string): string | undefined {
  /** The names of each object that is open; undefined for an open list. */
  const open: (Set<string> | undefined)[] = [];
  for (let index = 0; index < json.length; index += 1) {
    const character = json.charCodeAt(index);
    if (character === QUOTE) {
      const end = endOfString(json, index);
      const names = open.at(-1);
      if (names !== undefined && isName(json, end)) {
        const name = nameIn(json.slice(index, end));
        if (names.has(name)) return name;
        names.add(name);
      }
      index = end - 1;
    } else if (character === OPEN_BRACE) {
      open.push(new Set());
    } else if (character === OPEN_BRACKET) {
      open.push(undefined);
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
      open.pop();
    }
  }
  return undefined;
}

/** The position after the string that starts at `start`. */
function endOfString(json: string, start: number): number {
  let index = start + 1;
  while (index < json.length && json.charCodeAt(index) !== QUOTE) {
    index += json.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index + 1;
}

/** Whether the string that ends at `end` is a member's name: a colon follows. */
function isName(json: string, end: number): boolean {
  let index = end;
  while (json.charCodeAt(index) <= 0x20) index += 1;
  return json.charCodeAt(index) === COLON;
}

/** The name in a string of JSON, without its escapes. */
function nameIn(text: string): string {
  return text.includes("\\") ? String(JSON.parse(text)) : text.slice(1, -1);
}
