import { URN } from "../../protocol/urns.ts";
import { readBody } from "../bodies/read-body.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { BulkJob } from "./bulk-job.ts";
import type { BulkAsked } from "./do-operation.ts";
import { readBulkRequest } from "./read-bulk-request.ts";

/** How many levels deeper data nests in a bulk request than in a request of its own. */
const DEPTH_OF_DATA = 3;

/** POST to `/Bulk` (RFC 7644 section 3.7). @throws {ScimError} if the whole request is refused: then nothing is done */
export async function handleBulk(asked: BulkAsked, request: Request): Promise<EndpointResponse> {
  const { maxBulkBytes, maxBulkOperations, maxJsonDepth } = asked.context.limits;
  const limits = {
    maxBodyBytes: maxBulkBytes,
    maxJsonDepth: maxJsonDepth + DEPTH_OF_DATA,
    tooLarge: `The size of the bulk operation exceeds the maxPayloadSize (${maxBulkBytes})`,
  };
  const body = await readBody(request, limits, asked.work);
  asked.context.seams.watch?.read(asked.requestId, body);
  const job = new BulkJob(asked, readBulkRequest(body, maxBulkOperations));
  return { status: 200, body: { schemas: [URN.bulkResponse], Operations: await job.run() } };
}
