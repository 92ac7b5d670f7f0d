/** Lets the rest of the process run: timers that are due, and connections. */
export function yieldTurn(): Promise<void> {
  return new Promise((resume) => setTimeout(resume, 0));
}
