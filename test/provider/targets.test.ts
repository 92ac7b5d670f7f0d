import { expect, it } from "vitest";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import { LinkRepository } from "../../src/provider/links/link-repository.ts";
import { Scope } from "../../src/provider/objects/scope.ts";
import type { MappedObject } from "../../src/provider/objects/target.ts";
import { userTarget } from "../../src/provider/objects/targets.ts";
import { resolveProviderOptions } from "../../src/provider/provider-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { createRemoteApp } from "../helpers/remote-app.ts";

it("[req C55] a reference is the same in what a create sends and in what it is taken to have sent, though its target is linked in between", async () => {
  const storage = memoryStorage();
  const directory = arrayDirectory({
    users: [
      { id: "u0", userName: "ann", enterprise: { manager: { value: "u1" } } },
      { id: "u1", userName: "bob" },
    ],
  });
  const options = resolveProviderOptions({ name: "app", client: createRemoteApp().client, directory, storage });
  const links = new LinkRepository(storage, "app");
  const target = userTarget(options, new Scope({}, directory), { secret: "secret", links });
  const map = async (phase: "create" | "update", reading = target.read(["u0"])): Promise<MappedObject | undefined> =>
    (await reading)[0]?.map({ phase, externalId: undefined });

  const reading = target.read(["u0"]);
  const sent = await map("create", reading);
  const key = { type: "User", id: "u1" };
  await links.save(key, await links.get(key), { state: "linked", remoteId: "r1", origin: "created", sent: {} });
  expect(await map("update", reading)).toEqual(sent);
  expect(sent).toMatchObject({ isWaiting: true });
  expect(await map("update")).toMatchObject({ isWaiting: false });
  expect(JSON.stringify(await map("update"))).toContain('"manager":{"value":"r1"}');
});
