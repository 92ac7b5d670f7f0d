/** Whether a version of a resource can be sent as an entity tag (RFC 9110 section 8.8.3): visible characters of Latin-1. */
export function isEntityTag(version: unknown): version is string {
  return (
    typeof version === "string" &&
    version !== "" &&
    /^[\x20-\x7e\xa0-\xff]+$/.test(version) &&
    version.trim() === version
  );
}
