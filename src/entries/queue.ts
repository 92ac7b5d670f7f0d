export type { InProcessQueueOptions } from "../queue/in-process/in-process-queue.ts";
export { inProcessQueue } from "../queue/in-process/in-process-queue.ts";
export type { Job, Queue, Worker } from "../queue/queue.ts";
