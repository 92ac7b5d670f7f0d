/** A node of the tree that the parser of JSONata makes. Its properties depend on its type. */
export interface JsonataNode {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly [property: string]: unknown;
}

/** Whether a value is a node of the tree. */
export function isNode(value: unknown): value is JsonataNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Calls `visit` for each node of a tree, with the number of nodes that it is in. */
export function eachNode(root: unknown, visit: (node: JsonataNode, depth: number) => void): void {
  const seen = new Set<unknown>();
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null || seen.has(value) || value instanceof RegExp) continue;
    seen.add(value);
    const isOne = isNode(value);
    if (isOne) visit(value, depth);
    for (const child of Object.values(value)) open.push({ value: child, depth: isOne ? depth + 1 : depth });
  }
}

/** Where a node begins in the text: the parser tells where its first symbol ends. */
export function startOf({ value, position }: JsonataNode, text: string): number | undefined {
  if (position === undefined) return undefined;
  const symbol = typeof value === "string" && value !== "" ? value : undefined;
  const start = symbol === undefined ? position - 1 : text.lastIndexOf(symbol, position - symbol.length);
  return Math.max(start < 0 ? position - 1 : start, 0);
}
