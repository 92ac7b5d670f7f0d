import fc from "fast-check";
import { URN } from "../../src/protocol/urns.ts";

const text = fc.constantFrom("a", "b", "Work", "work", "x@example.com");
const type = fc.constantFrom("work", "home");

const email = fc.record(
  { value: text, type, primary: fc.boolean(), display: text },
  { requiredKeys: ["value"], noNullPrototype: true },
);
const name = fc.record({ givenName: text, familyName: text }, { requiredKeys: ["givenName"], noNullPrototype: true });
const enterprise = fc.record({ department: text, division: text }, { requiredKeys: [], noNullPrototype: true });

/** Users in canonical form. */
export const users: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    userName: text,
    title: text,
    active: fc.boolean(),
    name,
    emails: fc.uniqueArray(email, { maxLength: 4, selector: ({ value, type: label }) => `${value} ${label}` }),
    [URN.enterpriseUser]: enterprise,
  },
  { requiredKeys: ["userName"], noNullPrototype: true },
);

const attributes = fc.record(
  { title: text, nickName: text, active: fc.boolean(), name, emails: fc.array(email, { maxLength: 3 }) },
  { requiredKeys: [], noNullPrototype: true },
);

/** What to write where, in the words of the RFC. */
const assignments: fc.Arbitrary<{ path?: string; value: unknown }> = fc.oneof(
  fc.record({ path: fc.constantFrom("title", "nickName", "name.givenName", "NAME.familyName"), value: text }),
  fc.record({ path: fc.constant("active"), value: fc.boolean() }),
  fc.record({ path: fc.constant("emails"), value: fc.oneof(email, fc.array(email, { maxLength: 3 })) }),
  fc.record({ path: fc.constant("name"), value: name }),
  fc.record({ path: type.map((label) => `emails[type eq "${label}"].value`), value: text }),
  fc.record({ path: type.map((label) => `emails[type eq "${label}"]`), value: email }),
  fc.record({ path: fc.constant(`${URN.enterpriseUser}:department`), value: text }),
  fc.record({ value: attributes }),
  fc.record({ value: enterprise.map((data) => ({ [URN.enterpriseUser]: data })) }),
);

const removals = fc.record({
  op: fc.constant("remove"),
  path: fc.constantFrom(
    "title",
    "active",
    "name",
    "name.givenName",
    "emails",
    "emails.display",
    'emails[type eq "work"]',
    'emails[value sw "x" or primary eq true].display',
    `${URN.enterpriseUser}:department`,
    URN.enterpriseUser,
  ),
});

/** One operation on a user that bears no vendor's mark. It may fail. */
export const operations: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom("add", "replace"), assignments).map(([op, rest]) => ({ op, ...rest })),
  },
  { weight: 1, arbitrary: removals },
);

/** Any JSON, with the words that matter strewn in. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      "add",
      "Replace",
      "remove",
      "members",
      "emails[type eq",
      "True",
      "",
      '{"value":"x"}',
      null,
      true,
      1,
    ),
    fc.string({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        "op",
        "path",
        "value",
        "Operations",
        "schemas",
        "members",
        "emails",
        "name",
        "roles",
        "__proto__",
        "constructor",
        "name.givenName",
        "active",
        "primary",
        "$ref",
        URN.enterpriseUser,
        `${URN.enterpriseUser}:manager`,
        "manager",
        'emails[type eq "work"].value',
      ),
      tie("value"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;
