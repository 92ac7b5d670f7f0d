import { readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** What one request cost. */
export interface Cost {
  /** Processor time of this process, in milliseconds. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
  /** The longest time in which nothing else had its turn, in milliseconds. */
  readonly pieceMs: number;
  /** How far the memory of this process grew beyond what it was before, at its peak, in bytes. */
  readonly memory: number;
}

/** Measures what `run` costs, together with everything else that the process does meanwhile. */
export async function measured<T>(run: () => Promise<T>): Promise<{ readonly cost: Cost; readonly result: T }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const memory = watchMemory();
  delay.reset();
  const [before, begin] = [process.cpuUsage(), performance.now()];
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - begin;
  // The last piece is known when a timer was late.
  await new Promise((resolve) => setTimeout(resolve, 3));
  delay.disable();
  const cost = { cpuMs: (user + system) / 1000, elapsedMs, pieceMs: delay.max / 1e6, memory: memory.peak() };
  return { cost, result };
}

/** The resident memory at its peak, which Linux records; elsewhere what it is now. */
function watchMemory(): { peak(): number } {
  const before = process.memoryUsage.rss();
  try {
    // Sets the peak to what is resident now.
    writeFileSync("/proc/self/clear_refs", "5");
    return { peak: () => Math.max(0, peakNow() - before) };
  } catch {
    return { peak: () => Math.max(0, process.memoryUsage.rss() - before) };
  }
}

function peakNow(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}
