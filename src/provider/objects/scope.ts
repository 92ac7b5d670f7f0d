import type { Directory } from "../../directory/directory.ts";
import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";

/** Who and what a provider pushes. */
export interface ScopeOptions {
  /** Only users who are members of one of these groups, directly or through other groups. Ids. @default everyone */
  readonly memberOf?: readonly string[];
  /** Which groups are pushed: ids, or a predicate. @default all */
  readonly groups?: readonly string[] | ((group: DirectoryGroup) => boolean | Promise<boolean>);
  /** Whether service accounts are pushed too. @default false */
  readonly serviceAccounts?: boolean;
  /**
   * Who may use the application. If it throws, this is unknown, and the user is not changed. @default everyone
   */
  readonly access?: (user: DirectoryUser) => boolean | Promise<boolean>;
}

/** Why an object should not, or no longer, exist at the application. */
export type DepartureCause = "deleted" | "leftScope" | "scopeChanged" | "skipped";

/** It is unknown whether an object is in scope, since a call failed. Then the object is not changed. */
export class ScopeUnknownError extends Error {
  override readonly name: string = "ScopeUnknownError";
}

/** Whether an object is in scope, and if not, why. */
export type ScopeVerdict =
  | { readonly inScope: true }
  | { readonly inScope: false; readonly cause: DepartureCause; readonly detail: string };

const IN: ScopeVerdict = { inScope: true };

/** Decides the scope of one provider. */
export class Scope {
  /** Equal as long as the configuration is equal; distinguishes users who left from a new configuration. */
  readonly revision: string;
  private readonly options: ScopeOptions;
  private readonly directory: Directory;

  constructor(options: ScopeOptions, directory: Directory) {
    this.options = options;
    this.directory = directory;
    const groups = typeof options.groups === "function" ? "by predicate" : options.groups;
    this.revision = JSON.stringify([options.memberOf ?? "all", groups ?? "all", options.serviceAccounts ?? false]);
  }

  /**
   * Checks that the groups of `memberOf` exist. A group that cannot be found never means that nobody is in scope.
   *
   * @throws {TypeError} naming the groups that cannot be found
   */
  async check(): Promise<void> {
    const wanted = this.options.memberOf ?? [];
    const found = new Set((await this.directory.groupsById(wanted)).map((group) => group.id));
    const missing = wanted.filter((id) => !found.has(id));
    if (missing.length > 0) {
      throw new TypeError(`scope: memberOf: the directory has no group ${missing.join(", ")}; nothing was done`);
    }
  }

  /** The verdicts on many users, in their order. @throws what the directory throws */
  async users(users: readonly DirectoryUser[]): Promise<(ScopeVerdict | ScopeUnknownError)[]> {
    const groups = await this.groupsOf(users);
    return Promise.all(users.map((user) => orUnknown("access", () => this.user(user, groups))));
  }

  /** The verdict on a group. */
  async group(group: DirectoryGroup): Promise<ScopeVerdict | ScopeUnknownError> {
    return orUnknown("groups", () => this.isPushed(group));
  }

  private async isPushed(group: DirectoryGroup): Promise<ScopeVerdict> {
    const { groups } = this.options;
    if (groups === undefined) return IN;
    if (typeof groups === "function") {
      return (await groups(group))
        ? IN
        : { inScope: false, cause: "leftScope", detail: "the option groups excludes it" };
    }
    return groups.includes(group.id)
      ? IN
      : { inScope: false, cause: "leftScope", detail: "it is not in the option groups" };
  }

  private async user(user: DirectoryUser, groups: ReadonlyMap<string, string[]>): Promise<ScopeVerdict> {
    if (user.kind === "service_account" && this.options.serviceAccounts !== true) {
      return { inScope: false, cause: "leftScope", detail: "it is a service account" };
    }
    const { memberOf, access } = this.options;
    if (memberOf !== undefined && !groups.get(user.id)?.some((id) => memberOf.includes(id))) {
      return { inScope: false, cause: "leftScope", detail: "it is in none of the groups of memberOf" };
    }
    if (access !== undefined && !(await access(user))) {
      return { inScope: false, cause: "leftScope", detail: "it has no access" };
    }
    return IN;
  }

  private async groupsOf(users: readonly DirectoryUser[]): Promise<ReadonlyMap<string, string[]>> {
    if (this.options.memberOf === undefined || users.length === 0) return new Map();
    return this.directory.groupsOf(
      users.map((user) => user.id),
      { transitive: true },
    );
  }
}

async function orUnknown(option: string, ask: () => Promise<ScopeVerdict>): Promise<ScopeVerdict | ScopeUnknownError> {
  try {
    return await ask();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new ScopeUnknownError(`scope: ${option}: ${reason}`, { cause });
  }
}
