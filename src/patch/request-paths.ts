import { isScimError } from "../errors/scim-error.ts";
import { parsePath } from "../path/parse-path.ts";
import type { FilterLeniencies, PatchPath } from "../path/tree.ts";
import { findSubAttribute } from "../schema/attributes/attribute-index.ts";
import type { ResolvedPath, ResourceType } from "../schema/attributes/definition.ts";
import { resolvePath } from "../schema/attributes/resolve-path.ts";
import { shortened } from "../values/shortened.ts";
import { createWork, type Work } from "../work/work.ts";
import { resolveTarget, type Target } from "./target.ts";

/** The work that operations may cause where nobody gives a budget: about two seconds. */
const DEFAULT_WORK = 40_000_000;

/** So many names of dropped attributes are kept. */
const MOST_DROPPED = 20;

/** The work of parsing, looking up and compiling one character of a path. Most of it is for the terms of filters. */
const CHARACTER = 4;

/** A path that was looked up in a resource type. */
export interface LocatedPath extends ResolvedPath {
  readonly path: PatchPath;
  /** Whether the path selects elements with a filter. */
  readonly filtered: boolean;
}

/** A parsed path and the leniencies of the grammar that it needed. */
interface LenientPath {
  readonly path: PatchPath;
  readonly used: readonly (keyof FilterLeniencies)[];
}

/**
 * Transforms look for their mark in every grammar that a dialect may have. Whether the dialect in force accepts the
 * path is decided when the transforms are done.
 */
const ANY_GRAMMAR: FilterLeniencies = {
  valuePathComparison: true,
  bareValues: true,
  singleQuotes: true,
  capitalBooleans: true,
  notWithoutParentheses: true,
};

/**
 * The paths of one request. Each text is parsed and looked up once, however many transforms and operations ask for it.
 */
export class RequestPaths {
  readonly type: ResourceType;
  /** What the operations may cost. */
  readonly work: Work;
  /**
   * Ids of references that the request has removed: they are never read in another case, so that an operation that is
   * sent twice does not remove somebody else.
   */
  readonly exactIds: Set<string> = new Set();
  private readonly droppedNames: Set<string> = new Set();
  private readonly parsed: Memo<LenientPath | undefined> = new Map();
  private readonly located: Memo<LocatedPath | undefined> = new Map();
  private readonly targets: Memo<Target> = new Map();

  constructor(type: ResourceType, work: Work = createWork({ limit: DEFAULT_WORK })) {
    this.type = type;
    this.work = work;
  }

  /** The names of what transforms dropped, each once; not more than 20. */
  get dropped(): readonly string[] {
    return [...this.droppedNames];
  }

  /** Notes the name of what a transform drops. */
  drop(name: string): void {
    if (this.droppedNames.size < MOST_DROPPED) this.droppedNames.add(shortened(name, 120));
  }

  /** Parses a path in any grammar; undefined for a text that is not a path. */
  parse(text: string): PatchPath | undefined {
    return this.lenient(text)?.path;
  }

  /** Looks up what a path names; undefined for a value that is not a path, and for a path that names no attribute. */
  locate(path: unknown): LocatedPath | undefined {
    if (typeof path !== "string") return undefined;
    return remembered(this.located, path, () => this.find(path));
  }

  /**
   * Parses a path in the grammar of a dialect.
   *
   * @throws {InvalidPathError} or `InvalidFilterError` for a text that is not a path in that grammar
   */
  parseIn(grammar: FilterLeniencies, text: string): LenientPath {
    const lenient = this.lenient(text);
    // What needed no other leniency means the same in the dialect's grammar.
    return lenient?.used.every((name) => grammar[name] === true) === true ? lenient : parseLeniently(text, grammar);
  }

  /**
   * What an operation with this path works on; the path has the grammar of the RFC.
   *
   * @throws {ScimError} as `resolveTarget`
   */
  target(path: string | undefined): Target {
    if (path === undefined) return { type: "resource" };
    const resolve = (): Target => {
      const parsed = this.parseIn({}, path).path;
      return resolveTarget(this.type, { path, parsed }, this.work);
    };
    return remembered(this.targets, path, resolve);
  }

  private lenient(text: string): LenientPath | undefined {
    return remembered(this.parsed, text, () => {
      this.work.spend(text.length * CHARACTER, "reading the paths of the operations");
      return ifPath(() => parseLeniently(text, ANY_GRAMMAR));
    });
  }

  private find(text: string): LocatedPath | undefined {
    const path = this.parse(text);
    const outer = path === undefined ? undefined : resolvePath(this.type, path.path);
    if (path === undefined || outer === undefined) return undefined;
    const filtered = path.filter !== undefined;
    if (path.sub === undefined) return { ...outer, path, filtered };
    const sub = outer.attribute && findSubAttribute(this.type, outer.attribute, path.sub);
    return sub === undefined ? undefined : { ...outer, sub, path, filtered };
  }
}

function parseLeniently(text: string, leniencies: FilterLeniencies): LenientPath {
  const used: (keyof FilterLeniencies)[] = [];
  return { path: parsePath(text, { leniencies, onLeniency: (name) => used.push(name) }), used };
}

function ifPath<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (isScimError(error)) return undefined;
    throw error;
  }
}

/** Results by the text of a path. A result can be undefined. */
type Memo<T> = Map<string, { readonly result: T }>;

/** The result for a text, computed at the first use. An error is not cached. */
function remembered<T>(memo: Memo<T>, text: string, make: () => T): T {
  const known = memo.get(text);
  if (known !== undefined) return known.result;
  const result = make();
  memo.set(text, { result });
  return result;
}
