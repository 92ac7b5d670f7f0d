/**
 * Replaces secrets in the texts of an error and of its causes, in place: applications quote what they refuse, and events
 * and reports contain the error.
 */
export function hideSecrets(error: unknown, secrets: Readonly<Record<string, unknown>>): void {
  const hidden = Object.values(secrets).flatMap((secret) => {
    if (typeof secret !== "string" || secret === "") return [];
    // The quoted text can be JSON.
    return [secret, JSON.stringify(secret).slice(1, -1)];
  });
  const hide = (text: string): string => hidden.reduce((left, secret) => left.replaceAll(secret, "…"), text);
  for (let each = error; each instanceof Error; each = each.cause) {
    each.message = hide(each.message);
    if (each.stack !== undefined) each.stack = hide(each.stack);
  }
}
