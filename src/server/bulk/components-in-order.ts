/** One of the items to sort, and the state of the walk. */
interface Node {
  readonly index: number;
  needs: readonly Node[];
  /** How many of its needs the walk has followed. */
  followed: number;
  /** The step at which the walk reached it first. */
  found: number | undefined;
  /** The earliest node that is still open and can be reached from here. */
  lowest: number;
  open: boolean;
}

/**
 * Sorts items so that each comes after those it needs; otherwise their order stays. Items that need each other in a
 * cycle, directly or through others, form one component; every other item is a component of its own.
 *
 * `needs` lists, for each item, the indexes of those it needs. The algorithm is Tarjan's, without recursion, since a
 * chain can be as long as the list.
 */
export function componentsInOrder(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const nodes = needs.map((_, index): Node => {
    return { index, needs: [], followed: 0, found: undefined, lowest: 0, open: false };
  });
  for (const node of nodes) node.needs = (needs[node.index] ?? []).flatMap((need) => nodes[need] ?? []);
  const walk: Walk = { found: 0, open: [], components: [] };
  for (const node of nodes) {
    if (node.found === undefined) follow(walk, node);
  }
  return walk.components;
}

interface Walk {
  found: number;
  readonly open: Node[];
  readonly components: number[][];
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
      if (node.lowest === node.found) walk.components.push(closeComponent(walk, node));
    } else if (need.found === undefined) {
      path.push(enter(walk, need));
    } else if (need.open) {
      node.lowest = Math.min(node.lowest, need.found);
    }
  }
}

/** The nodes opened since `first` form one component with it. */
function closeComponent(walk: Walk, first: Node): number[] {
  const component = walk.open.splice(walk.open.lastIndexOf(first));
  for (const node of component) node.open = false;
  return component.map((node) => node.index).sort((a, b) => a - b);
}
