import type { Transform } from "../patch/dialect.ts";
import { LINKS } from "./links.ts";

/** The quirks of filters; `FilterLeniencies` describes each. */
export const grammarTransforms: readonly Transform[] = [
  {
    name: "value-path-comparison",
    why: 'Entra ID matches users by filters such as emails[type eq "work"].value eq "…".',
    link: LINKS.entraScim,
    filter: "valuePathComparison",
  },
  {
    name: "bare-values",
    why: "Microsoft's own examples omit the quotes around a text.",
    link: LINKS.entraScim,
    filter: "bareValues",
  },
  {
    name: "single-quotes",
    why: "Some clients quote texts as in SQL.",
    link: LINKS.oneLogin,
    filter: "singleQuotes",
  },
  {
    name: "capital-booleans",
    why: "Clients written in .NET and Python print booleans as True and False.",
    link: LINKS.entraCompatibility,
    filter: "capitalBooleans",
  },
  {
    name: "not-without-parentheses",
    why: "Some clients omit the parentheses after not, which the grammar requires.",
    link: LINKS.oneLogin,
    filter: "notWithoutParentheses",
  },
  {
    name: "unquoted-numbers",
    why: "Clients whose ids are numbers compare texts with them without quotes, as in externalId eq 42.",
    link: LINKS.oneLogin,
    literal: "coerceNumbers",
  },
];
