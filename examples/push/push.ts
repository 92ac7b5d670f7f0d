import type { Run } from "scimkit/provider";
import { readOrganisation } from "../accept/organisation.ts";
import type { Output } from "../accept/output.ts";
import { showProgress } from "../accept/progress.ts";
import { createScimHttp } from "../accept/scim-http.ts";
import type { RunningSource } from "../accept/serve.ts";
import { back, change, type Mover, pickMover } from "./change-something.ts";
import { createOutbound, type Outbound } from "./outbound.ts";
import { readPlan, syncAll } from "./push-organisation.ts";
import { createRequestLog, isWrite, type RequestLog } from "./request-log.ts";
import type { RunningApplication } from "./start-application.ts";
import { type Phase, phaseTable, planTable, requestLine, runTable, verdictLines } from "./tables.ts";
import { verifyApplication } from "./verify-application.ts";
import type { Watch } from "./watch.ts";

/** The push, from the plan to provisioning that goes on. */
export interface Push {
  /** Plans, syncs twice, changes something, and reads all back; whether the application is as the directory. */
  run(signal: AbortSignal): Promise<boolean>;
  /** Ends provisioning. */
  stop(): Promise<void>;
}

export function createPush(options: {
  readonly source: RunningSource;
  readonly application: RunningApplication;
  readonly output: Output;
  readonly watch: Watch;
}): Push {
  const { source, application, output, watch } = options;
  const log = createRequestLog(application.baseUrl, watch.outgoing);
  const outbound = createOutbound({
    ...{ source: source.source, storage: source.storage, application, log },
    onError: (error) => output.complain(`Provisioning: ${error instanceof Error ? error.message : String(error)}`),
  });
  return {
    run: (signal) => push({ source, application, output, log, outbound, signal }),
    stop: () => outbound.provisioning.stop(),
  };
}

interface Parts {
  readonly source: RunningSource;
  readonly application: RunningApplication;
  readonly output: Output;
  readonly log: RequestLog;
  readonly outbound: Outbound;
  readonly signal: AbortSignal;
}

async function push(parts: Parts): Promise<boolean> {
  const { source, application, output, log, outbound, signal } = parts;
  const { provider, provisioning } = outbound;
  const directory = source.source.directory();
  const phases: Phase[] = [];
  const phase = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const started = performance.now();
    const result = await work();
    phases.push({ name, requests: log.take(), seconds: (performance.now() - started) / 1000 });
    return result;
  };

  const changes = await phase("plan", () => readPlan(provider, signal));
  output.print(changes.length === 0 ? "\nPlan: nothing to do" : `\nPlan\n${planTable(changes)}`);

  output.print("\nSync");
  const first = await phase("sync", () => syncAll(provider, { directory, progress: showProgress(output), signal }));
  output.print(runTable(first));
  reportFailures(first, output);

  const second = await phase("second sync", () => provider.sync({ signal }));
  output.print(`\nA second sync checked ${second.counts.checked} objects and sent ${second.counts.writes} writes.`);
  reportFailures(second, output);

  await provisioning.start();
  const mover = pickMover(await readOrganisation());
  await phase("changes", () => announceAndChange(parts, mover));
  await phase("and back", () => announceAndChange(parts, back(mover)));

  output.print(`\n${phaseTable(phases)}\n`);
  const http = createScimHttp({ ...application, userAgent: "scimkit example", signal });
  const verification = await verifyApplication(directory, http);
  for (const line of verdictLines(verification)) output.print(line);
  const isInStep = first.state === "succeeded" && second.state === "succeeded" && second.counts.writes === 0;
  return isInStep && verification.problems.length === 0;
}

/** Changes something at the source and shows what goes out because of it. */
async function announceAndChange({ source, output, log, outbound, signal }: Parts, mover: Mover): Promise<void> {
  const { user, title, from, to } = mover;
  output.print(`\nEntra ID sends a change: ${user.userName} is now ${title.to},`);
  output.print(`  and moves from ${from.displayName} to ${to.displayName}. Requests to the application:`);
  await change(createScimHttp({ ...source, userAgent: "Entra ID example", signal }), mover);
  await outbound.provisioning.idle();
  const sent = log.peek();
  for (const request of sent) output.print(requestLine(request));
  output.print(`  ${sent.filter(isWrite).length} writes, ${sent.length} requests`);
}

function reportFailures({ reason, failures, counts }: Run, output: Output): void {
  if (reason !== undefined) output.complain(`The sync stopped: ${reason}`);
  for (const { type, label, reason: why } of failures.slice(0, 10)) output.complain(`${type} ${label}: ${why}`);
  if (counts.failed > 10) output.complain(`… and ${counts.failed - 10} more that failed`);
}
