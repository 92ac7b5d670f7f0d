import { ENTERPRISE, type Person } from "./people.ts";

/** A filter, and the predicate somebody would write by hand for it, with the same folding of case. */
export interface FilterCase {
  readonly text: string;
  readonly byHand: (user: Person) => boolean;
}

/** RFC 8265's folding as a careful application would have it: ASCII is only lower-cased. */
function fold(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : text.normalize("NFKC").toLowerCase().normalize("NFC");
}

const MOMENT = Date.parse("2025-03-01T00:00:00Z");

const hasMail = (user: Person, domain: string): boolean =>
  user.emails.some(({ value }) => fold(value).includes(domain));

/** Ten shapes that identity providers and administrators really send. */
export const FILTERS: readonly FilterCase[] = [
  {
    text: 'userName eq "karl.rossi.4399@example.net"',
    byHand: (user) => fold(user.userName) === "karl.rossi.4399@example.net",
  },
  { text: 'externalId eq "00u00004711"', byHand: (user) => user.externalId === "00u00004711" },
  { text: "active eq true and title pr", byHand: (user) => user.active === true && user.title !== undefined },
  { text: 'name.familyName co "O\'Malley"', byHand: (user) => fold(user.name.familyName).includes("o'malley") },
  {
    text: 'emails[type eq "work" and value ew "@example.com"]',
    byHand: (user) =>
      user.emails.some(({ type, value }) => fold(type) === "work" && fold(value).endsWith("@example.com")),
  },
  {
    text: 'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    byHand: (user) =>
      fold(user.userType) === "employee" && (hasMail(user, "example.com") || hasMail(user, "example.org")),
  },
  {
    text: 'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    byHand: (user) =>
      fold(user.userType) !== "employee" && !(hasMail(user, "example.com") || hasMail(user, "example.org")),
  },
  {
    text: 'meta.lastModified gt "2025-03-01T00:00:00Z"',
    byHand: (user) => Date.parse(user.meta.lastModified) > MOMENT,
  },
  {
    text: `${ENTERPRISE}:department eq "Sales"`,
    byHand: (user) => fold(user[ENTERPRISE].department) === "sales",
  },
  {
    text: '(userName sw "a" or userName sw "b") and active eq true and not (title co "Intern")',
    byHand: (user) => {
      const name = fold(user.userName);
      if (!name.startsWith("a") && !name.startsWith("b")) return false;
      return user.active === true && !(user.title !== undefined && fold(user.title).includes("intern"));
    },
  },
];
