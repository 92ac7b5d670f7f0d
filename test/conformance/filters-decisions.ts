const ALL = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"];
const REFUSED = "invalidFilter";

/** What we make of a filter on whose meaning the RFC is silent: the users that match, or an error. */
export interface Decision {
  readonly plain: readonly string[] | typeof REFUSED;
  /** With all leniencies and coercions on, where that makes a difference. */
  readonly lenient?: readonly string[];
}

/** The decisions of docs/decisions on the corpus' `ambiguous` cases, by kind and case. */
export const ambiguous: Readonly<Record<string, Readonly<Record<string, Decision>>>> = {
  "type mismatch": {
    f045: { plain: REFUSED },
    f046: { plain: REFUSED },
    f051: { plain: REFUSED },
    f070: { plain: REFUSED },
    f071: { plain: REFUSED },
  },
  "boolean literal against non-boolean attribute": {
    f073: { plain: REFUSED },
    f074: { plain: REFUSED },
    f075: { plain: REFUSED },
    f076: { plain: REFUSED },
  },
  "string operator/value against boolean": {
    f091: { plain: REFUSED, lenient: ["u1", "u2", "u4", "u5", "u6", "u8"] },
    f251: { plain: REFUSED, lenient: [] },
    f252: { plain: REFUSED, lenient: [] },
  },
  "comparison with null": {
    f050: { plain: ["u2", "u4", "u5", "u8"] },
    f077: { plain: REFUSED },
    f081: { plain: ALL },
    f084: { plain: ["u5", "u8"] },
    f096: { plain: ["u2", "u4", "u5", "u6", "u7", "u8"] },
    f458: { plain: [] },
  },
  "ne on absent attribute": {
    f053: { plain: ["u3", "u5", "u7", "u8"] },
    f136: { plain: ALL },
    f172: { plain: ALL },
    f287: { plain: ALL },
    f293: { plain: ["u1", "u2", "u3", "u4", "u6", "u7"] },
    f401: { plain: ["u4", "u8"] },
    f402: { plain: ["u4", "u8"] },
    f413: { plain: ["u4", "u8"] },
    f418: { plain: ["u4", "u8"] },
    f427: { plain: ["u1", "u3", "u4", "u6", "u8"] },
    f428: { plain: [] },
    f448: { plain: ["u2", "u4", "u5", "u7", "u8"] },
    f450: { plain: ALL },
    f472: { plain: ["u2", "u4", "u7", "u8"] },
  },
  "ne on multi-valued attribute": {
    f329: { plain: ["u1", "u2", "u3", "u7"] },
    f383: { plain: [] },
  },
  "not a dateTime": {
    f189: { plain: REFUSED },
    f196: { plain: REFUSED },
    f213: { plain: REFUSED },
  },
};

/** Why we refuse an inline case that its source answers, whatever is switched on. */
export const inlineExceptions: Readonly<Record<string, string>> = {
  'password eq "t1meMa$heen"': "an attribute that is never returned cannot be probed",
  "userName eq bjensen@example.com and password eq t1meMa$heen": "an attribute that is never returned cannot be probed",
  "userName np": "no operator of the RFC",
  "exists np": "no operator of the RFC",
  'number eq "6"': "a string is not compared with a number",
  'number ne "6"': "a string is not compared with a number",
  'number gt "9"': "a string is not compared with a number",
  'number ge "9"': "a string is not compared with a number",
  'number lt "6"': "a string is not compared with a number",
  'number le "6"': "a string is not compared with a number",
  'exists eq "falsey"': "a text that is no boolean is not compared with one",
  'date gt "2021-08-05"': "not a dateTime",
  'date lt "2021-09"': "not a dateTime",
  'date co "2021-09"': "co does not apply to a dateTime",
  'not date co "2021-09"': "co does not apply to a dateTime",
  'date ge "2021-09" and date lt "2021-09-20"': "not a dateTime",
  'date gt "2021-09-08" or userName co "a"': "not a dateTime",
  "undefinedattr eq bleh": "an unknown attribute, unless it is asked to count as absent",
  'userType ne "Employee" and not ( emails co example.com( Or emails.value cO ex)ample.org)':
    "where a value without quotes ends cannot be told if it holds parentheses",
};

/** What comes out, with all leniencies on, where it is neither what the RFC gives nor what the source expects. */
export const inlineOutcomes: Readonly<Record<string, readonly string[]>> = {
  // The source's server sets `meta` itself; with the data as shown nothing matches.
  "meta.lastModified gt 2020-01-01T00:00:00Z": [],
  // By the bare RFC a text equals no boolean; we refuse it, or read it as the boolean that was meant.
  'exists eq "True"': ["1"],
  'exists eq "False"': ["3"],
};
