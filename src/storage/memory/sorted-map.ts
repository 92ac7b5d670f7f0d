import { compareUtf8 } from "../../values/utf8-order.ts";

/**
 * A key of several parts, compared part by part; a prefix of a key comes before it. A place has only numbers or only
 * strings.
 */
export type SortedKey = readonly (string | number)[];

interface Node<V> {
  readonly key: SortedKey;
  readonly value: V;
  readonly size: number;
  readonly left: Tree<V>;
  readonly right: Tree<V>;
}
type Tree<V> = Node<V> | undefined;

/**
 * An immutable map in the order of its keys: `set` and `delete` return a new map that shares most nodes with the old
 * one. A transaction works on its own map, and dropping that map undoes it; a reader keeps its map while others write.
 * Operations take logarithmic time (a weight-balanced tree).
 */
export class SortedMap<V> {
  readonly #root: Tree<V>;

  constructor(root?: Tree<V>) {
    this.#root = root;
  }

  get(key: SortedKey): V | undefined {
    let node = this.#root;
    while (node !== undefined) {
      const order = compareKeys(key, node.key);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  set(key: SortedKey, value: V): SortedMap<V> {
    return new SortedMap(insert(this.#root, key, value));
  }

  delete(key: SortedKey): SortedMap<V> {
    return new SortedMap(remove(this.#root, key));
  }

  /** How many keys come before `key`. */
  rank(key: SortedKey): number {
    let before = 0;
    let node = this.#root;
    while (node !== undefined) {
      if (compareKeys(key, node.key) <= 0) {
        node = node.left;
      } else {
        before += size(node.left) + 1;
        node = node.right;
      }
    }
    return before;
  }

  /** How many keys begin with `prefix`. */
  count(prefix: SortedKey): number {
    return this.rankBehind(prefix) - this.rank(prefix);
  }

  /**
   * The entries whose keys begin with `prefix`, in order; only those after `after`, and without the first `skip` of
   * them.
   */
  *entries(
    prefix: SortedKey,
    options: { readonly after?: SortedKey; readonly skip?: number } = {},
  ): Generator<[SortedKey, V]> {
    if (this.#root === undefined) return;
    const start = options.after === undefined ? this.rank(prefix) : this.rankBehind(options.after);
    yield* within(this.#root, start + (options.skip ?? 0), this.rankBehind(prefix));
  }

  /** How many keys come before, or begin with, `prefix`. */
  rankBehind(prefix: SortedKey): number {
    let before = 0;
    let node = this.#root;
    while (node !== undefined) {
      if (compareParts(prefix, node.key) < 0) {
        node = node.left;
      } else {
        before += size(node.left) + 1;
        node = node.right;
      }
    }
    return before;
  }
}

/** The nodes from position `start` to position `end` (exclusive), found by their sizes. */
function* within<V>(root: Tree<V>, start: number, end: number): Generator<[SortedKey, V]> {
  const path: Node<V>[] = [];
  let skip = start;
  let node = root;
  while (node !== undefined) {
    const before = size(node.left);
    if (skip > before) {
      skip -= before + 1;
      node = node.right;
      continue;
    }
    path.push(node);
    if (skip === before) break;
    node = node.left;
  }
  for (let position = start; position < end; position += 1) {
    const next = path.pop();
    if (next === undefined) return;
    yield [next.key, next.value];
    for (let below = next.right; below !== undefined; below = below.left) path.push(below);
  }
}

function compareKeys(a: SortedKey, b: SortedKey): number {
  return compareParts(a, b) || a.length - b.length;
}

/** Compares as many parts as both have. */
function compareParts(a: SortedKey, b: SortedKey): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a[index] ?? "";
    const y = b[index] ?? "";
    if (x === y) continue;
    const order = typeof x === "number" && typeof y === "number" ? x - y : compareUtf8(String(x), String(y));
    if (order !== 0) return order;
  }
  return 0;
}

function size(tree: Tree<unknown>): number {
  return tree === undefined ? 0 : tree.size;
}

function node<V>(key: SortedKey, value: V, left: Tree<V>, right: Tree<V>): Node<V> {
  return { key, value, left, right, size: size(left) + size(right) + 1 };
}

function insert<V>(tree: Tree<V>, key: SortedKey, value: V): Node<V> {
  if (tree === undefined) return node(key, value, undefined, undefined);
  const order = compareKeys(key, tree.key);
  if (order === 0) return node(key, value, tree.left, tree.right);
  return order < 0
    ? balance(tree.key, tree.value, insert(tree.left, key, value), tree.right)
    : balance(tree.key, tree.value, tree.left, insert(tree.right, key, value));
}

function remove<V>(tree: Tree<V>, key: SortedKey): Tree<V> {
  if (tree === undefined) return undefined;
  const order = compareKeys(key, tree.key);
  if (order < 0) return balance(tree.key, tree.value, remove(tree.left, key), tree.right);
  if (order > 0) return balance(tree.key, tree.value, tree.left, remove(tree.right, key));
  if (tree.left === undefined) return tree.right;
  if (tree.right === undefined) return tree.left;
  const next = first(tree.right);
  return balance(next.key, next.value, tree.left, remove(tree.right, next.key));
}

function first<V>(tree: Node<V>): Node<V> {
  let found = tree;
  while (found.left !== undefined) found = found.left;
  return found;
}

/** Balances a node whose sides differ by at most one insertion or deletion (S. Adams, 1992; weights 3 and 2). */
function balance<V>(key: SortedKey, value: V, left: Tree<V>, right: Tree<V>): Node<V> {
  if (size(left) + size(right) < 2) return node(key, value, left, right);
  if (right !== undefined && right.size > 3 * size(left)) {
    const inner = right.left;
    if (inner === undefined || inner.size < 2 * size(right.right)) {
      return node(right.key, right.value, node(key, value, left, inner), right.right);
    }
    const outer = node(right.key, right.value, inner.right, right.right);
    return node(inner.key, inner.value, node(key, value, left, inner.left), outer);
  }
  if (left !== undefined && left.size > 3 * size(right)) {
    const inner = left.right;
    if (inner === undefined || inner.size < 2 * size(left.left)) {
      return node(left.key, left.value, left.left, node(key, value, inner, right));
    }
    const outer = node(left.key, left.value, left.left, inner.left);
    return node(inner.key, inner.value, outer, node(key, value, inner.right, right));
  }
  return node(key, value, left, right);
}
