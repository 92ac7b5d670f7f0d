import { parentPort } from "node:worker_threads";
import { Evaluator } from "./evaluator.ts";
import { restrictThread } from "./restrict-thread.ts";
import { READY, type ThreadRequest } from "./thread-messages.ts";

// The program of the thread in which expressions are evaluated: `jsonataWorker` starts it, nothing imports it.
const evaluator = await Evaluator.create();
restrictThread();
parentPort?.on("message", (request: ThreadRequest) => {
  // An evaluation waits for nothing outside the thread, so it ends before the next message is read.
  void evaluator.evaluate(request).then((response) => parentPort?.postMessage(response));
});
parentPort?.postMessage(READY);
