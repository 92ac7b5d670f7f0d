import type { SimulatedIdentityProvider, SimulatedUserProvider } from "scimkit/testing";

/** The ids that a life of users and groups leaves behind. */
export interface Left {
  readonly ada: string;
  readonly grace: string;
}

/** Everything that happens to users: Ada changes, is renamed, leaves and comes back; Alan is deleted. */
export async function liveUsers(provider: SimulatedUserProvider): Promise<Left> {
  await provider.testConnection();
  const grace = await provider.provision({
    ...{ userName: "grace@example.com", givenName: "Grace", familyName: "Hopper" },
    ...{ email: "grace@example.com", title: "Admiral" },
  });
  const ada = await provider.provision({
    ...{ userName: "ada@example.com", givenName: "Ada", familyName: "Lovelace", displayName: "Ada Lovelace" },
    ...{ email: "ada@example.com", title: "Countess", department: "Engines" },
  });
  await provider.change(ada, { title: "Analyst", familyName: "King", department: "Numbers", manager: grace });
  await provider.change(ada, { department: null, manager: null });
  await provider.rename(ada, "ada.king@example.com");
  await provider.deactivate(ada);
  await provider.reactivate(ada);
  await provider.deactivate(grace);
  await provider.restore(grace);
  await provider.change(grace, { title: null });
  const alan = await provider.provision({ userName: "alan@example.com", title: "Doctor", email: "alan@example.com" });
  await provider.delete(alan);
  return { ada, grace };
}

/** The same, and a group: members come and go, its name changes, and another group is deleted. */
export async function liveGroups(provider: SimulatedIdentityProvider): Promise<Left & { readonly engines: string }> {
  const { ada, grace } = await liveUsers(provider);
  const engines = await provider.provisionGroup({ displayName: "Engines", members: [ada, grace] });
  await provider.changeMembers(engines, { remove: [ada] });
  await provider.changeMembers(engines, { add: [ada], remove: [grace] });
  await provider.renameGroup(engines, "Analytical Engines");
  const gone = await provider.provisionGroup({ displayName: "Temporary", members: [ada] });
  await provider.deleteGroup(gone);
  return { ada, grace, engines };
}
