import { Session } from "node:inspector/promises";

/**
 * Runs `work` and returns how often functions of `src` with these names were called meanwhile, as the runtime counted. It
 * throws for a name that no function has, so that a renamed function does not look like one that is never called.
 */
export async function countCalls<Name extends string>(
  names: readonly Name[],
  work: () => unknown,
): Promise<Record<Name, number>> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    await session.post("Profiler.takePreciseCoverage");
    await work();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const functions = result.filter(({ url }) => url.includes("/src/")).flatMap((script) => script.functions);
    const counts = names.map((name) => {
      const called = functions.filter(({ functionName }) => functionName === name);
      if (called.length === 0) throw new Error(`no function called ${name} was loaded or called`);
      return [name, called.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)];
    });
    return Object.fromEntries(counts) as Record<Name, number>;
  } finally {
    session.disconnect();
  }
}
