import type { OrganisationUser } from "./organisation.ts";
import { ENTERPRISE_USER, type Json } from "./wire.ts";

/** The attributes that both identity providers send in the same form. Nothing is sent that the user does not have. */
export function userAttributes(user: OrganisationUser): Json {
  const { title, userType, displayName, locale, preferredLanguage, timezone } = user;
  return present({
    title,
    userType,
    displayName,
    locale,
    preferredLanguage,
    timezone,
    name: user.name,
    emails: list(
      user.workEmail && { primary: true, type: "work", value: user.workEmail },
      user.homeEmail && { type: "home", value: user.homeEmail },
    ),
    phoneNumbers: list(
      user.workPhone && { primary: true, type: "work", value: user.workPhone },
      user.mobilePhone && { type: "mobile", value: user.mobilePhone },
    ),
    addresses: list(user.address && { primary: true, type: "work", ...user.address }),
    [ENTERPRISE_USER]: present({
      employeeNumber: user.employeeNumber,
      organization: user.organization,
      division: user.division,
      department: user.department,
      costCenter: user.costCenter,
    }),
  });
}

function list(...elements: (object | "" | undefined)[]): object[] {
  return elements.filter((element) => typeof element === "object");
}

/** Without what is absent or empty. */
function present(object: Json): Json {
  const isThere = (value: unknown): boolean =>
    value !== undefined && !(typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => isThere(value)));
}
