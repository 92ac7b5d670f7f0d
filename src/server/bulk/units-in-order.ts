/** One of the things to put in order, and where the walk is with it. */
interface Node {
  readonly index: number;
  needs: readonly Node[];
  /** How many of its needs the walk has followed. */
  followed: number;
  /** When the walk came here first. */
  found: number | undefined;
  /** The earliest node that is still open and can be reached from here. */
  lowest: number;
  open: boolean;
}

/**
 * Puts things that need each other in an order in which each comes after what it needs, and otherwise as they stand.
 * Those that need each other in a ring, directly or through others, make one unit; everything else is a unit of its own.
 *
 * `needs` lists, for each thing, the indexes of those it needs. The algorithm is Tarjan's, without recursion, since the
 * chain may be as long as the list.
 */
export function unitsInOrder(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const nodes = needs.map((_, index): Node => {
    return { index, needs: [], followed: 0, found: undefined, lowest: 0, open: false };
  });
  for (const node of nodes) node.needs = (needs[node.index] ?? []).flatMap((need) => nodes[need] ?? []);
  const walk: Walk = { found: 0, open: [], units: [] };
  for (const node of nodes) {
    if (node.found === undefined) follow(walk, node);
  }
  return walk.units;
}

interface Walk {
  found: number;
  readonly open: Node[];
  readonly units: number[][];
}

function enter(walk: Walk, node: Node): Node {
  node.found = walk.found;
  node.lowest = walk.found;
  node.open = true;
  walk.found += 1;
  walk.open.push(node);
  return node;
}

function follow(walk: Walk, start: Node): void {
  const path = [enter(walk, start)];
  for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
    const need = node.needs[node.followed];
    node.followed += 1;
    if (need === undefined) {
      path.pop();
      const before = path.at(-1);
      if (before !== undefined) before.lowest = Math.min(before.lowest, node.lowest);
      if (node.lowest === node.found) walk.units.push(closeUnit(walk, node));
    } else if (need.found === undefined) {
      path.push(enter(walk, need));
    } else if (need.open) {
      node.lowest = Math.min(node.lowest, need.found);
    }
  }
}

/** What was opened since `first` is one unit with it. */
function closeUnit(walk: Walk, first: Node): number[] {
  const unit = walk.open.splice(walk.open.lastIndexOf(first));
  for (const node of unit) node.open = false;
  return unit.map((node) => node.index).sort((a, b) => a - b);
}
