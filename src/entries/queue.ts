export type { InProcessQueue, InProcessQueueOptions } from "../queue/in-process/in-process-queue.ts";
export { inProcessQueue } from "../queue/in-process/in-process-queue.ts";
export type { BackgroundTask, Queue, QueueDepth, QueueHandler, QueueWorker } from "../queue/queue.ts";
export type { StartTimer } from "../timing/interval.ts";
