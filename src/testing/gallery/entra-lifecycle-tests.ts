import { URN } from "../../protocol/urns.ts";
import { groupsFound, provisioned, provisionedGroup, shows, showsNothing, usersFound } from "./entra-steps.ts";
import type { GalleryTests } from "./gallery-test.ts";

const USER_NAME = "user-{{rnd}}@example.com";
const GROUP_NAME = "Group {{rnd}}";

/** The tests of Microsoft's gallery that provision users by Entra ID. */
export const ENTRA_USER_TESTS: GalleryTests = {
  Create_User_Test: {
    title: "A user who is assigned is created, and is found by its userName",
    steps: [
      provisioned("user"),
      usersFound(USER_NAME, 1),
      shows("/Users/{{user}}", { userName: USER_NAME, active: true }),
    ],
  },
  Update_User_Test: {
    title: "Changed attributes are updated",
    steps: [
      provisioned("user"),
      { action: "change", with: ["{{user}}", { title: "Manager", department: "Sales", displayName: "New {{rnd}}" }] },
      shows("/Users/{{user}}", {
        title: "Manager",
        displayName: "New {{rnd}}",
        [URN.enterpriseUser]: { department: "Sales" },
      }),
    ],
  },
  Disable_User_Test: {
    title: "A user who is disabled has active false",
    steps: [
      provisioned("user"),
      { action: "deactivate", with: ["{{user}}"] },
      shows("/Users/{{user}}", { active: false }),
    ],
  },
  Delete_User_Test: {
    title: "A user who is deleted permanently is not found",
    isOptional: true,
    steps: [provisioned("user"), { action: "delete", with: ["{{user}}"] }, usersFound(USER_NAME, 0)],
  },
  User_Update_Manager_Test: {
    title: "A manager is set, changed and removed",
    steps: [
      ...[provisioned("first"), provisioned("second"), provisioned("user")],
      { action: "change", with: ["{{user}}", { manager: "{{first}}" }] },
      shows("/Users/{{user}}", { [URN.enterpriseUser]: { manager: { value: "{{first}}" } } }),
      { action: "change", with: ["{{user}}", { manager: "{{second}}" }] },
      shows("/Users/{{user}}", { [URN.enterpriseUser]: { manager: { value: "{{second}}" } } }),
      { action: "change", with: ["{{user}}", { manager: null }] },
      showsNothing("/Users/{{user}}", `${URN.enterpriseUser}/manager/value`),
    ],
  },
  Restore_User_Test: {
    title: "A user who was removed or disabled comes back when it is assigned again",
    steps: [
      ...[provisioned("user"), usersFound(USER_NAME, 1)],
      ...[{ action: "deactivate", with: ["{{user}}"] } as const, { action: "restore", with: ["{{user}}"] } as const],
      shows("/Users/{{user}}", { active: true }),
      ...[{ action: "delete", with: ["{{user}}"] } as const, usersFound(USER_NAME, 0)],
      ...[{ action: "restore", with: ["{{user}}"], save: "user" } as const, usersFound(USER_NAME, 1)],
      shows("/Users/{{user}}", { active: true }),
    ],
  },
  POD_User_Test: {
    title: "A user who is provisioned on demand is found at once",
    steps: [provisioned("user"), usersFound(USER_NAME, 1)],
  },
};

/** The tests of Microsoft's gallery that provision groups by Entra ID. */
export const ENTRA_GROUP_TESTS: GalleryTests = {
  Create_Group_Test: {
    title: "A group that is assigned is created, and is found by its displayName",
    steps: [provisionedGroup(), groupsFound(GROUP_NAME, 1)],
  },
  Update_Group_Test: {
    title: "The name of a group is updated",
    steps: [
      provisionedGroup(),
      { action: "renameGroup", with: ["{{group}}", "New {{rnd}}"] },
      groupsFound("New {{rnd}}", 1),
      groupsFound(GROUP_NAME, 0),
    ],
  },
  Delete_Group_Test: {
    title: "A group that is deleted is not found",
    isOptional: true,
    steps: [provisionedGroup(), { action: "deleteGroup", with: ["{{group}}"] }, groupsFound(GROUP_NAME, 0)],
  },
  Group_Update_Add_Member_Test: {
    title: "A member is added to a group",
    steps: [
      ...[provisioned("user"), provisionedGroup()],
      { action: "changeMembers", with: ["{{group}}", { add: ["{{user}}"] }] },
      shows("/Groups/{{group}}", { members: [{ value: "{{user}}" }] }),
    ],
  },
  Group_Update_Remove_Member_Test: {
    title: "A member is removed from a group, and the others stay",
    steps: [
      ...[provisioned("user"), provisioned("other"), provisionedGroup("{{user}}", "{{other}}")],
      { action: "changeMembers", with: ["{{group}}", { remove: ["{{user}}"] }] },
      shows("/Groups/{{group}}", { members: [{ value: "{{other}}" }] }),
      showsNothing("/Groups/{{group}}", "members/1"),
    ],
  },
  POD_Group_Test: {
    title: "A group that is provisioned on demand is found at once, with its members",
    steps: [
      ...[provisioned("user"), provisionedGroup("{{user}}"), groupsFound(GROUP_NAME, 1)],
      shows("/Groups/{{group}}", { members: [{ value: "{{user}}" }] }),
    ],
  },
  Restore_Group_Test: {
    title: "A group that was removed comes back when it is assigned again",
    isOptional: true,
    steps: [
      ...[provisionedGroup(), groupsFound(GROUP_NAME, 1)],
      ...[{ action: "deleteGroup", with: ["{{group}}"] } as const, groupsFound(GROUP_NAME, 0)],
      ...[provisionedGroup(), groupsFound(GROUP_NAME, 1)],
    ],
  },
};
