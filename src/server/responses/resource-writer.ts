import { project } from "../../schema/resources/project.ts";
import type { GroupRef, MemberRef } from "../../storage/member-storage.ts";
import { spendBytes } from "../../work/spend-bytes.ts";
import type { RequestContext } from "../requests/context.ts";
import { etagOf } from "../writes/conditions.ts";
import type { BoundedText } from "./bounded-text.ts";
import type { GroupTypes } from "./group-types.ts";
import { locationOf } from "./location.ts";
import { charactersOf, type MembersRead, memberPages, type Shown, showsMembers } from "./related.ts";

/** Groups and members of about so many characters are written at once. */
const PIECE = 65_536;
/** The work of showing a resource, and each of its groups and members: a URL is made, and its parts are projected. */
const RESOURCE = 200;
const MEMBERSHIP = 40;
const DOING = "showing resources with their members and groups";

type Ref = Readonly<Record<string, unknown>>;

/** Writes resources as JSON, each with its members and groups, into a text. */
export class ResourceWriter {
  private readonly requestContext: RequestContext;
  private readonly types: GroupTypes;
  private readonly text: BoundedText;

  constructor(requestContext: RequestContext, types: GroupTypes, text: BoundedText) {
    this.requestContext = requestContext;
    this.types = types;
    this.text = text;
  }

  /** Writes a resource. False if there is no room for it: then a part of it may have been written. */
  async write(shown: Shown, groups: readonly GroupRef[]): Promise<boolean> {
    const pages = showsMembers(this.requestContext, shown) ? memberPages(this.requestContext, shown) : undefined;
    const first: MembersRead = (await pages?.next())?.value ?? { members: [], isLast: true };
    const { type, projection } = shown.part;
    this.requestContext.work.spend(RESOURCE + MEMBERSHIP * (groups.length + first.members.length), DOING);
    const own = this.ownAttributes(shown);
    if (first.isLast && charactersOf(groups) + charactersOf(first.members) <= PIECE) {
      if (first.members.length > 0) own.members = first.members.map((member) => this.memberRef(member));
      if (groups.length > 0) own.groups = groups.map((group) => this.groupRef(group));
      return this.add(JSON.stringify(project(own, type, projection)));
    }
    if (!this.add(JSON.stringify(project(own, type, projection)).slice(0, -1))) return false;
    if (!(await this.writeGroups(shown, groups))) return false;
    if (!(await this.writeMembers(shown, first.members, pages))) return false;
    return this.add("}");
  }

  private async writeGroups(shown: Shown, groups: readonly GroupRef[]): Promise<boolean> {
    const list = { shown, name: "groups", isBegun: false };
    if (!(await this.writeRefs(list, groups, (group) => this.groupRef(group)))) return false;
    return !list.isBegun || this.add("]");
  }

  private async writeMembers(
    shown: Shown,
    first: readonly MemberRef[],
    pages: AsyncIterable<MembersRead> | undefined,
  ): Promise<boolean> {
    const list = { shown, name: "members", isBegun: false };
    const toRef = (member: MemberRef): Ref => this.memberRef(member);
    if (!(await this.writeRefs(list, first, toRef))) return false;
    for await (const { members } of pages ?? []) {
      this.requestContext.work.spend(MEMBERSHIP * members.length, DOING);
      if (!(await this.writeRefs(list, members, toRef))) return false;
    }
    return !list.isBegun || this.add("]");
  }

  /** Writes the next elements of a list that may be too long for one text. */
  private async writeRefs<T extends GroupRef | MemberRef>(
    list: { readonly shown: Shown; readonly name: string; isBegun: boolean },
    refs: readonly T[],
    toRef: (ref: T) => Ref,
  ): Promise<boolean> {
    const { type, projection } = list.shown.part;
    for (const some of inPieces(refs)) {
      await this.requestContext.work.pause();
      const shown = project({ [list.name]: some.map(toRef) }, type, projection)[list.name];
      // The projection may leave nothing of the elements.
      if (shown === undefined) continue;
      const begin = list.isBegun ? "," : `,"${list.name}":[`;
      if (!this.add(begin + JSON.stringify(shown).slice(1, -1))) return false;
      list.isBegun = true;
    }
    return true;
  }

  private add(piece: string): boolean {
    spendBytes(this.requestContext.work, piece.length, DOING);
    return this.text.add(piece);
  }

  private ownAttributes({ part: { type }, resource }: Shown): Record<string, unknown> {
    const { id, created, lastModified, version, attributes } = resource;
    const location = locationOf(this.requestContext.context.baseUrl, type, id);
    const meta = { resourceType: type.name, created, lastModified, location, version: etagOf(version) };
    return { ...attributes, id, meta };
  }

  private memberRef(member: MemberRef): Ref {
    const { baseUrl, registry } = this.requestContext.context;
    const type = registry.byName(member.type);
    return { ...member, $ref: type && locationOf(baseUrl, type, member.value) };
  }

  private groupRef(group: GroupRef): Ref {
    const type = this.types.of(group.value);
    return { ...group, $ref: type && locationOf(this.requestContext.context.baseUrl, type, group.value) };
  }
}

/** References in pieces of about the same number of characters. */
function* inPieces<T extends GroupRef | MemberRef>(refs: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  let characters = 0;
  for (const [index, ref] of refs.entries()) {
    characters += charactersOf([ref]);
    if (characters < PIECE && index < refs.length - 1) continue;
    yield refs.slice(start, index + 1);
    start = index + 1;
    characters = 0;
  }
}
