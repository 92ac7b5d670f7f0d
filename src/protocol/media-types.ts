/** The media type of SCIM messages (RFC 7644 section 8.1). They are UTF-8 always, so no charset is named. */
export const SCIM_MEDIA_TYPE = "application/scim+json";
