import type { ResourceType } from "../../../schema/attributes/definition.ts";
import { isSecret } from "../../../schema/attributes/is-secret.ts";
import { printResolvedPath, resolvePath } from "../../../schema/attributes/resolve-path.ts";
import { splitPath } from "../../../schema/attributes/split-path.ts";

/** What the option `indexed` is checked against. */
interface IndexedOptions {
  readonly indexed: readonly string[];
  readonly resourceTypes: readonly ResourceType[];
}

/**
 * The paths of `indexed` as filters print them. `owner` begins the message of the error.
 *
 * @throws {TypeError} for a path that no resource type has, or whose values cannot be in an index
 */
export function checkedPaths(owner: string, { indexed, resourceTypes }: IndexedOptions): readonly string[] {
  return indexed.map((text) => {
    const path = splitPath(text);
    const [found] = resourceTypes.flatMap((type) => resolvePath(type, path) ?? []);
    const definition = found?.sub ?? found?.attribute;
    if (found === undefined || definition === undefined) {
      const types = resourceTypes.map(({ name }) => name).join(", ");
      const hint = "attributes of types of your own need the option resourceTypes";
      throw new TypeError(`${owner}: indexed: "${text}" is not an attribute of ${types}; ${hint}`);
    }
    if (definition.subAttributes !== undefined) {
      const name = printResolvedPath(found);
      const example = definition.subAttributes.find((sub) => sub.name === "value") ?? definition.subAttributes[0];
      throw new TypeError(`${owner}: indexed: "${text}" is complex; name a sub-attribute: ${name}.${example?.name}`);
    }
    if (isSecret(definition))
      throw new TypeError(`${owner}: indexed: "${text}" is never returned, so it is not stored`);
    return printResolvedPath(found);
  });
}
