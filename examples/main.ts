/**
 * The program of `npm start`: it loads an organisation into a source on an SQLite file, as two identity providers would, and
 * pushes it to an application in another process.
 */
import { stripVTControlCharacters } from "node:util";
import { curlLines } from "./accept/curl-lines.ts";
import { entraClient } from "./accept/entra-client.ts";
import { loadOrganisation } from "./accept/load-organisation.ts";
import { oktaClient } from "./accept/okta-client.ts";
import { type ProgramOptions, readOptions, UsageError } from "./accept/options.ts";
import { readOrganisation } from "./accept/organisation.ts";
import { type Output, processOutput } from "./accept/output.ts";
import { showProgress } from "./accept/progress.ts";
import { createScimHttp } from "./accept/scim-http.ts";
import { type RunningSource, StartError, serve } from "./accept/serve.ts";
import { type StopSignal, stopSignal } from "./accept/stop-signal.ts";
import { summaryTable, verificationLines } from "./accept/summary.ts";
import { verifyOrganisation } from "./accept/verify-organisation.ts";
import { createPush } from "./push/push.ts";
import { type RunningApplication, startApplication } from "./push/start-application.ts";
import { createWatch, type Watch } from "./push/watch.ts";
import { startedDirectly } from "./started-directly.ts";

/** Runs the program. The status to end with: 0, 1 if something failed, 2 if an option is wrong. */
export async function main(rawArguments: string[] = process.argv.slice(2)): Promise<number> {
  const output = processOutput();
  try {
    const options = await readOptions(rawArguments);
    if ("help" in options) {
      output.print(output.hasColours ? options.help : stripVTControlCharacters(options.help));
      return 0;
    }
    return await run(options, output);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof StartError)) throw error;
    output.complain(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(options: ProgramOptions, output: Output): Promise<number> {
  const stop = stopSignal();
  const watch = createWatch(output);
  const source = await serve({ ...options, observe: watch.incoming });
  let application: RunningApplication | undefined;
  try {
    application = await startApplication(options.file.replace(/(\.sqlite)?$/, ".application.sqlite"));
    return await work({ source, application, options, output, stop, watch });
  } finally {
    await application?.stop();
    await source.stop();
    stop.dispose();
  }
}

interface Parts {
  readonly source: RunningSource;
  readonly application: RunningApplication;
  readonly options: ProgramOptions;
  readonly output: Output;
  readonly stop: StopSignal;
  readonly watch: Watch;
}

async function work({ source, application, options, output, stop, watch }: Parts): Promise<number> {
  printAddresses(source, application, options, output);
  const push = createPush({ source, application, output, watch });
  try {
    const isLoaded = await load(source, stop.signal, output);
    const isPushed = await push.run(stop.signal);
    if (options.once) {
      output.print("\n`npm start` without --once goes on listening, and prints requests to try.");
      return isLoaded && isPushed ? 0 : 1;
    }
    output.print("\nTo try in another terminal:\n");
    for (const line of curlLines(source, application)) output.print(line);
    output.print(
      "\nListening. Every change is pushed to the application at once, and everything is synced every hour.",
    );
    output.print("Ctrl-C ends it; the data stays in the files. Changes that come in, and requests that go out:\n");
    watch.start(source.source);
    await stop.asked;
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    output.print("\nStopped before everything was done; start again to do the rest.");
    return options.once ? 130 : 0;
  } finally {
    await push.stop();
  }
}

/** Nobody can use a token of a run that ends by itself: it is revoked then. */
function printAddresses(
  source: RunningSource,
  application: RunningApplication,
  { file, once }: ProgramOptions,
  output: Output,
): void {
  output.print(`A SCIM source is open on ${file}`);
  output.print(`  Base URL  ${source.baseUrl}`);
  if (!once) {
    output.print(`  Token     ${source.token}`);
    output.print(`  (${source.tokens === 1 ? "the only valid token" : `one of ${source.tokens} valid tokens`})`);
  }
  output.print("An application made with scimmy is open in another process");
  output.print(`  Base URL  ${application.baseUrl}`);
  if (!once) output.print(`  Token     ${application.token}`);
  output.print("");
}

/** Loads the organisation and reads it back; whether all of it is there. */
async function load(source: RunningSource, signal: StopSignal["signal"], output: Output): Promise<boolean> {
  const organisation = await readOrganisation();
  const { name, users, groups } = organisation;
  output.print(`Loading ${name}: ${users.length} users and ${groups.length} groups, as Entra ID and Okta would`);
  const http = (userAgent: string) => createScimHttp({ ...source, userAgent, signal });
  const [entraHttp, oktaHttp, checkHttp] = [http("Entra ID example"), http("Okta example"), http("scimkit example")];
  const started = performance.now();
  const providers = { entra: entraClient(entraHttp), okta: oktaClient(oktaHttp) };
  const tallies = await loadOrganisation({ organisation, providers, progress: showProgress(output), signal });
  const seconds = (performance.now() - started) / 1000;
  const columns = [
    { name: providers.entra.name, tally: tallies.entra, http: entraHttp },
    { name: providers.okta.name, tally: tallies.okta, http: oktaHttp },
  ];
  output.print(`\n${summaryTable(columns, seconds)}\n`);
  const verification = await verifyOrganisation(organisation, checkHttp);
  for (const line of verificationLines(verification, organisation)) output.print(line);
  return tallies.entra.failed + tallies.okta.failed + verification.problems.length === 0;
}

if (startedDirectly(import.meta.url)) process.exitCode = await main();
