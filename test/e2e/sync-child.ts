/** Syncs the small organisation to a server, as a process that can be killed: `sync-child.ts FILE BASE_URL MINUTES_LATER`. */
import { bearerToken, createProvider, createScimClient } from "scimkit";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { smallOrganisation } from "./small-organisation.ts";

const [file = "", baseUrl = "", minutes = "0"] = process.argv.slice(2);
const now = () => Date.now() + Number(minutes) * 60_000;
const storage = sqliteStorage({ file });
await storage.migrate();
const client = createScimClient({ baseUrl, auth: bearerToken("any") });
const { directory } = await smallOrganisation();
const provider = createProvider({ name: "app", client, directory, storage, settleMs: 50, now });
const { state, counts, failures } = await provider.sync();
await storage.close();
process.send?.({ state, counts, failures }, () => process.disconnect());
