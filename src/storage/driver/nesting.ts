/**
 * How many groups one above the other count: who is in a group only through more than 63 other groups is not in it.
 * So a hostile nesting of groups, which may also have cycles, cannot make a request read all of them for each user.
 */
export const MAX_NESTING = 64;
