import { describe, expect, it } from "vitest";
import { groupResourceType, userResourceType } from "../../src/entries/schema.ts";
import { postgresStorage } from "../../src/entries/storage/postgres.ts";
import { sqliteStorage } from "../../src/entries/storage/sqlite.ts";
import { deviceType } from "../schema/device-type.ts";

const EMPLOYEE_NUMBER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";

describe.each([
  ["sqliteStorage", (options: object) => sqliteStorage({ file: ":memory:", ...options })],
  [
    "postgresStorage",
    (options: object) => postgresStorage({ connectionString: "postgres://db.example/app", ...options }),
  ],
] as const)("the paths that %s is to index", (name, storage) => {
  it("are those of attributes, in any case, with the URN or without", () => {
    const core = "urn:ietf:params:scim:schemas:core:2.0:User:title";
    for (const path of ["TITLE", core, "phoneNumbers.value", "meta.created", EMPLOYEE_NUMBER.toUpperCase()]) {
      expect(() => storage({ indexed: [path] })).not.toThrow();
    }
  });

  it("are refused if no resource type has the attribute", () => {
    for (const path of ["titel", "no path", "emails.vlaue", EMPLOYEE_NUMBER.replace("Number", "Nr"), ""]) {
      expect(() => storage({ indexed: ["title", path] })).toThrow(
        new TypeError(
          `${name}: indexed: "${path}" is not an attribute of User, Group; ` +
            "attributes of types of your own need the option resourceTypes",
        ),
      );
    }
  });

  it("are refused if nothing of the attribute would be in the index", () => {
    expect(() => storage({ indexed: ["phoneNumbers"] })).toThrow(
      new TypeError(`${name}: indexed: "phoneNumbers" is complex; name a sub-attribute: phoneNumbers.value`),
    );
    expect(() => storage({ indexed: ["name"] })).toThrow("name a sub-attribute: name.formatted");
    expect(() => storage({ indexed: ["password"] })).toThrow("is never returned, so it is not stored");
  });

  it("can be of a user's own resource types", () => {
    expect(() => storage({ indexed: ["serialNumber"] })).toThrow(TypeError);
    const resourceTypes = [userResourceType, groupResourceType, deviceType];
    expect(() => storage({ indexed: ["serialNumber", "title"], resourceTypes })).not.toThrow();
    expect(() => storage({ indexed: ["title"], resourceTypes: [{}] })).toThrow(
      /resourceTypes\.0: must be a resource type/,
    );
  });
});
