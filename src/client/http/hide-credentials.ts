/** Shorter values are ordinary words: hiding them would make a text unreadable. */
const SHORTEST = 8;

/** The text of a response without the credentials of its request, which some service providers repeat in an error. */
export function withoutCredentials(text: string, credentials: Headers): string {
  let hidden = text;
  for (const [, value] of credentials) {
    for (const secret of new Set([value, value.split(" ").at(-1) ?? ""])) {
      if (secret.length >= SHORTEST) hidden = hidden.replaceAll(secret, "…");
    }
  }
  return hidden;
}
