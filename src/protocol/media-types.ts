/** The media type of SCIM messages (RFC 7644 section 8.1). */
export const SCIM_MEDIA_TYPE = "application/scim+json";

/** What scimkit sends as `Content-Type`. */
export const SCIM_CONTENT_TYPE = "application/scim+json; charset=utf-8";
