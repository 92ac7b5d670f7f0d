/**
 * Positions of elements by a key. Most keys have one position, which then costs no set.
 *
 * The first look-up scans the elements, which costs much less than an index of them; the second one builds the index.
 */
export class PositionIndex {
  /** `undefined` where an element was removed. */
  private readonly elements: readonly unknown[];
  private readonly keyOf: (element: unknown) => string;
  /** Called before the keys of all elements are computed. */
  private readonly onScan: () => void;
  private positions: Map<string, number | Set<number>> | undefined;
  private wasAsked = false;

  constructor(elements: readonly unknown[], keyOf: (element: unknown) => string, onScan: () => void) {
    this.elements = elements;
    this.keyOf = keyOf;
    this.onScan = onScan;
  }

  /** Positions that include all those of a key; undefined if every position is possible. */
  candidates(key: string): readonly number[] | undefined {
    const positions = this.index();
    if (positions === undefined) return undefined;
    const found = positions.get(key);
    if (found === undefined) return [];
    return typeof found === "number" ? [found] : [...found];
  }

  /** The first position of a key. */
  first(key: string): number | undefined {
    const positions = this.index();
    if (positions === undefined) {
      this.onScan();
      const position = this.elements.findIndex((element) => element !== undefined && this.keyOf(element) === key);
      return position < 0 ? undefined : position;
    }
    const found = positions.get(key);
    return typeof found === "object" ? found.values().next().value : found;
  }

  /** Records an element at a position. */
  add(element: unknown, position: number): void {
    if (this.positions !== undefined) put(this.positions, this.keyOf(element), position);
  }

  /** Records that an element is no longer at a position. */
  delete(element: unknown, position: number): void {
    const key = this.positions === undefined ? "" : this.keyOf(element);
    const found = this.positions?.get(key);
    if (typeof found === "object") {
      found.delete(position);
      if (found.size === 0) this.positions?.delete(key);
    } else if (found === position) {
      this.positions?.delete(key);
    }
  }

  private index(): Map<string, number | Set<number>> | undefined {
    if (!this.wasAsked) {
      this.wasAsked = true;
      return undefined;
    }
    if (this.positions === undefined) {
      this.onScan();
      const positions = new Map<string, number | Set<number>>();
      for (const [position, element] of this.elements.entries()) {
        if (element !== undefined) put(positions, this.keyOf(element), position);
      }
      this.positions = positions;
    }
    return this.positions;
  }
}

function put(positions: Map<string, number | Set<number>>, key: string, position: number): void {
  const found = positions.get(key);
  if (found === undefined) positions.set(key, position);
  else if (typeof found === "number") positions.set(key, new Set([found, position]));
  else found.add(position);
}
