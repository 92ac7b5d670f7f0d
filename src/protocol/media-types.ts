/** The media type of SCIM messages (RFC 7644 section 8.1). They are always UTF-8, so there is no charset. */
export const SCIM_MEDIA_TYPE = "application/scim+json";
