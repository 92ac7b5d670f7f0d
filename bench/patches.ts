import { isDeepStrictEqual } from "node:util";
import { patchBodyValidation, type ScimPatch, type ScimResource, scimPatch } from "scim-patch";
import { applyPatch, type PatchRequest } from "scimkit/patch";
import { groupResourceType } from "scimkit/schema";
import SCIMMY from "scimmy";
import { type Contestant, contest, timeOf } from "./contest.ts";
import type { Figure } from "./figure.ts";
import { idOf } from "./people.ts";

const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const MEMBERS = 10_000;

interface Member {
  readonly value: string;
  readonly type: string;
}

interface GroupResource {
  readonly schemas: string[];
  readonly id: string;
  readonly displayName: string;
  readonly members: Member[];
  readonly meta: { readonly resourceType: string };
}

/** Ids look as random as real ones, and are the same each time. */
const member = (index: number): Member => ({ value: idOf(index), type: "User" });

const group: GroupResource = {
  schemas: [GROUP],
  id: "e9e30dba-f08f-4109-8486-d5c6a331660a",
  displayName: "Everyone",
  members: Array.from({ length: MEMBERS }, (_, index) => member(index)),
  meta: { resourceType: "Group" },
};

interface Case {
  readonly what: string;
  readonly request: PatchRequest;
  readonly left: readonly Member[];
}

const removal = (index: number) => ({ op: "remove" as const, path: `members[value eq "${member(index).value}"]` });
const body = (Operations: PatchRequest["Operations"]): PatchRequest => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});

const gone = new Set(Array.from({ length: 100 }, (_, index) => index * 97));
const CASES: readonly Case[] = [
  {
    what: "add one",
    request: body([{ op: "add", path: "members", value: [member(MEMBERS)] }]),
    left: [...group.members, member(MEMBERS)],
  },
  { what: "remove one", request: body([removal(7_000)]), left: group.members.filter((_, index) => index !== 7_000) },
  {
    what: "remove a hundred",
    request: body([...gone].map(removal)),
    left: group.members.filter((_, index) => !gone.has(index)),
  },
];

/** A library that applies a PATCH to a group and leaves the group it was given as it was. */
interface PatchLibrary {
  readonly name: string;
  /** It takes the better part of a second for one operation: a hundred would take the time of all other comparisons. */
  readonly isSlow?: boolean;
  readonly apply: (request: PatchRequest) => unknown;
}

const OURS: PatchLibrary = {
  name: "ours",
  apply: ({ Operations }) => applyPatch(group as unknown as Record<string, unknown>, Operations, groupResourceType),
};

const scimmyGroup = new SCIMMY.Schemas.Group(group as never);

const PEERS: readonly PatchLibrary[] = [
  {
    name: "scim-patch",
    apply: (request) => {
      patchBodyValidation(request as unknown as ScimPatch);
      const { Operations } = request as unknown as ScimPatch;
      return scimPatch(group as unknown as ScimResource, Operations, { mutateDocument: false });
    },
  },
  {
    name: "scimmy",
    isSlow: true,
    apply: (request) => new SCIMMY.Messages.PatchOp(request as never).apply(scimmyGroup as never),
  },
];

/** PATCH of a group of 10,000 members. A peer counts for a case only if the right members are left. */
export async function benchPatches(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of CASES) {
    if (!(await isRight(OURS, each))) throw new Error(`Ours leaves others: ${each.what}`);
    for (const peer of PEERS) {
      if (peer.isSlow === true && each.request.Operations.length > 1) continue;
      if (await isRight(peer, each)) figures.push(await compared(peer, each));
    }
  }
  return figures;
}

async function isRight(library: PatchLibrary, { request, left }: Case): Promise<boolean> {
  const patched = (await library.apply(request)) as GroupResource | undefined;
  const members = patched?.members.map(({ value, type }) => ({ value, type }));
  return isDeepStrictEqual(members, left) && group.members.length === MEMBERS;
}

async function compared(peer: PatchLibrary, { what, request }: Case): Promise<Figure> {
  const contestants: Contestant[] = [OURS, peer].map(({ name, apply }) => ({ name, run: () => apply(request) }));
  const times = await contest(contestants, peer.isSlow === true ? { rounds: 3, ms: 1 } : { ms: 60 });
  return {
    area: "PATCH of a group of 10,000 members",
    what,
    against: peer.name,
    ours: timeOf(times, OURS.name),
    theirs: timeOf(times, peer.name),
    most: 0.1,
  };
}
