import type { ASTNode } from "@marcbachmann/cel-js";
import { childrenOf } from "./tree.ts";

/** The variables that expressions read, with the attributes that they read of each: undefined for all of them. */
export type Reads = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** What an expression reads of the variables that `known` has. */
export function readsOf(root: ASTNode, known: ReadonlyMap<string, unknown>): Reads {
  const reads = new Map<string, ReadonlySet<string> | undefined>();
  const visit = (node: ASTNode): void => {
    const attribute = attributeOf(node);
    if (attribute !== undefined && known.has(attribute.variable)) {
      const before = reads.get(attribute.variable);
      const isWhole = reads.has(attribute.variable) && before === undefined;
      reads.set(attribute.variable, isWhole ? undefined : new Set([...(before ?? []), attribute.name]));
      return;
    }
    if (node.op === "id" && known.has(node.args)) reads.set(node.args, undefined);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  return reads;
}

/** What several expressions read together. */
export function readsOfAll(all: readonly Reads[]): Reads {
  const together = new Map<string, ReadonlySet<string> | undefined>();
  for (const [name, attributes] of all.flatMap((reads) => [...reads])) {
    const before = together.has(name) ? together.get(name) : new Set<string>();
    const both = before === undefined || attributes === undefined ? undefined : new Set([...before, ...attributes]);
    together.set(name, both);
  }
  return together;
}

/** The attribute of a variable that a node reads, as `user.title`, `user.?title` and `user["title"]` do. */
function attributeOf(node: ASTNode): { readonly variable: string; readonly name: string } | undefined {
  if (node.op === "." || node.op === ".?") {
    const [object, name] = node.args;
    return object.op === "id" ? { variable: object.args, name } : undefined;
  }
  if (node.op !== "[]" && node.op !== "[?]") return undefined;
  const [object, index] = node.args;
  if (object.op !== "id" || index.op !== "value" || typeof index.args !== "string") return undefined;
  return { variable: object.args, name: index.args };
}
