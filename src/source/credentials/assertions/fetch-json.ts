import { UnavailableError } from "../../../errors/request-errors.ts";

/** The largest document that is read, in bytes. */
const MAX_BYTES = 262_144;
const TIMEOUT_MS = 5000;

/** Sends a request. The platform's `fetch` is one. */
export type FetchKeys = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The JSON document at a URL. Redirects are not followed: they would lead to a place that nobody configured.
 *
 * @throws {UnavailableError} when there is none within five seconds, or it has more than 262,144 bytes
 */
export async function fetchJson(url: string, fetchKeys: FetchKeys): Promise<unknown> {
  try {
    const response = await fetchKeys(url, {
      headers: { accept: "application/json, application/jwk-set+json" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) throw new UnavailableError(`${url} responds with ${response.status}`);
    return JSON.parse(await readText(response, url));
  } catch (cause) {
    if (cause instanceof UnavailableError) throw cause;
    throw new UnavailableError(`The keys of the issuer cannot be read from ${url}`, { cause });
  }
}

async function readText(response: Response, url: string): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      throw new UnavailableError(`${url} responds with more than ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
