/** Positions by key. Most keys have one position, which then costs no set. */
export class PositionIndex {
  readonly #positions = new Map<string, number | Set<number>>();

  /** The positions of a key, in the order they were added. */
  get(key: string): readonly number[] {
    const found = this.#positions.get(key);
    if (found === undefined) return [];
    return typeof found === "number" ? [found] : [...found];
  }

  /** The first position of a key. */
  first(key: string): number | undefined {
    const found = this.#positions.get(key);
    return typeof found === "object" ? found.values().next().value : found;
  }

  /** Adds a position to a key. */
  add(key: string, position: number): void {
    const found = this.#positions.get(key);
    if (found === undefined) this.#positions.set(key, position);
    else if (typeof found === "number") this.#positions.set(key, new Set([found, position]));
    else found.add(position);
  }

  /** Takes a position from a key. */
  delete(key: string, position: number): void {
    const found = this.#positions.get(key);
    if (typeof found === "object") {
      found.delete(position);
      if (found.size === 0) this.#positions.delete(key);
    } else if (found === position) {
      this.#positions.delete(key);
    }
  }
}
