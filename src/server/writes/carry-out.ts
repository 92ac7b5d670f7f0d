import type { ResourceStorage } from "../../storage/resource-storage.ts";
import { throwIfDisconnected } from "../../work/work.ts";
import type { RequestContext, ServerContext } from "../requests/context.ts";
import type { Write, WriteOutcome } from "../requests/write.ts";
import { applyWrite } from "./apply-write.ts";
import { refusalOf } from "./contention.ts";
import { requireAllowedSize } from "./resource-size.ts";

/** Whether a write takes two operations on the storage. Each operation alone is atomic. */
function needsTransaction({ members, after }: Write): boolean {
  return members !== undefined && after !== undefined;
}

/**
 * Does a write through the handler's `commit`, or straight away in as little of a transaction as it needs.
 *
 * @throws {PayloadTooLargeError} when the resource would be too large; then nothing is written
 * @throws {DisconnectedError} before anything is written, when the client has gone
 */
export async function carryOut(requestContext: RequestContext, given: Write): Promise<WriteOutcome> {
  const { context, work } = requestContext;
  await work.pause();
  requireAllowedSize(requestContext, given);
  const write = await withHashedPassword(context, given);
  await askHook(context, write);
  throwIfDisconnected(work.signal);
  const { tenant } = write.partition;
  const applyTo = (resources: ResourceStorage): Promise<WriteOutcome> =>
    applyWrite(resources, write, { unknown: context.unknownMembers, work });
  const apply = (transaction?: ResourceStorage): Promise<WriteOutcome> => {
    if (transaction !== undefined) return applyTo(transaction);
    return needsTransaction(write)
      ? context.transaction(applyTo, { tenant, signal: work.signal })
      : applyTo(context.resources);
  };
  return context.commit === undefined ? apply() : context.commit(write, apply);
}

/** The write with the hash of its password instead of the password, if the application wants that. */
async function withHashedPassword({ passwords }: ServerContext, write: Write): Promise<Write> {
  const { password, ...others } = write.secrets;
  if (typeof passwords === "string" || typeof password !== "string") return write;
  return { ...write, secrets: { ...others, passwordHash: await passwords.hash(password) } };
}

async function askHook(context: ServerContext, write: Write): Promise<void> {
  try {
    await context.hooks.beforeWrite?.({
      action: write.action,
      principal: write.principal,
      type: write.type,
      id: write.id,
      before: write.before?.attributes,
      after: write.after?.attributes,
      members: write.members && {
        add: write.members.add.map((member) => member.value),
        remove: write.members.remove,
      },
    });
  } catch (error) {
    throw refusalOf(error);
  }
}
