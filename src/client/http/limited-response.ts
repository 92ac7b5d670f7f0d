/** The same response, whose body fails after `max` bytes. `size` says then that it did. */
export function limitedResponse(response: Response, max: number, size: { isExceeded: boolean }): Response {
  if (response.body === null) return response;
  let received = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.byteLength;
      if (received <= max) return controller.enqueue(chunk);
      size.isExceeded = true;
      return controller.error(new TypeError("too large"));
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}
