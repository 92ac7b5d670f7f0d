import { readFileSync, writeFileSync } from "node:fs";

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
  const memory = watchMemory();
  const [before, begin] = [process.cpuUsage(), performance.now()];
  let turn = begin;
  let pieceMs = 0;
  const others = (): void => {
    const now = performance.now();
    pieceMs = Math.max(pieceMs, now - turn);
    turn = now;
  };
  const timer = setInterval(others, 1);
  const result = await run();
  others();
  clearInterval(timer);
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - begin;
  const cost = { cpuMs: (user + system) / 1000, elapsedMs, pieceMs, memory: memory.peak() };
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
