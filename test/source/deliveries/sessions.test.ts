import { ForbiddenError } from "scimkit/errors";
import type { DeliveryContext, DeliveryMode } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { createUser, patch } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory } from "../../helpers/source-app.ts";

const WAYS: readonly DeliveryMode[] = ["joined", "sync", "outbox"];

async function appWith(delivery: DeliveryMode, directory = new RecordingDirectory()) {
  const clock = createTestClock();
  const storage = delivery === "joined" ? sqliteStorage(":memory:") : memoryStorage();
  const app = await createSourceApp({ storage, directory, delivery, now: clock.now, timer: false });
  const sent: typeof app.send = async (...request) => {
    const answer = await app.send(...request);
    await app.source.idle();
    return answer;
  };
  return { ...app, send: sent, directory, clock, storage };
}

const set = (path: string, value: unknown): object => patch({ op: "replace", path, value });

describe.each(WAYS)("a directory with the delivery %s", (delivery) => {
  it("ends sessions after it has saved that the user is deactivated, and at no other time [req 189]", async () => {
    const order: string[] = [];
    class WithSessions extends RecordingDirectory {
      revokeSessions = async (id: string, { event, applicationId }: DeliveryContext): Promise<void> => {
        order.push(`${event} ${applicationId} ${String(this.users.get(id)?.active)}`);
      };
    }
    const directory = new WithSessions();
    const { send } = await appWith(delivery, directory);
    const id = await createUser({ send }, "ada");
    await send("PATCH", `/Users/${id}`, set("title", "x"));
    await send("PATCH", `/Users/${id}`, set("active", false));
    await send("PATCH", `/Users/${id}`, set("title", "y"));
    await send("PATCH", `/Users/${id}`, set("active", true));
    await send("DELETE", `/Users/${id}`);
    expect(order).toEqual(["deactivated undefined false"]);
  });
});

describe("sessions that cannot be ended", () => {
  it("are a 500 with sync, and the repetition does it again", async () => {
    let failures = 2;
    class WithSessions extends RecordingDirectory {
      revokeSessions = async (): Promise<void> => {
        failures -= 1;
        if (failures >= 0) throw new Error("the third of seven devices does not respond");
      };
    }
    const directory = new WithSessions();
    const { send, clock } = await appWith("sync", directory);
    const id = await createUser({ send }, "ada");
    expect((await send("PATCH", `/Users/${id}`, set("active", false))).status).toBe(500);
    expect(directory.users.get(id)?.active).toBe(false);
    clock.advance(1000);
    expect((await send("PATCH", `/Users/${id}`, set("active", false))).status).toBe(503);
    clock.advance(1000);
    expect((await send("PATCH", `/Users/${id}`, set("active", false))).status).toBe(200);
    expect([failures, (await send("GET", `/Users/${id}`)).body.active]).toEqual([-1, false]);
  });

  it("do not discard the change when the directory throws a 4xx: the user is deactivated there", async () => {
    let isAway = true;
    class WithSessions extends RecordingDirectory {
      revokeSessions = async (): Promise<void> => {
        if (isAway) throw new ForbiddenError("no such realm");
      };
    }
    const directory = new WithSessions();
    const { send, clock, source } = await appWith("sync", directory);
    const id = await createUser({ send }, "ada");
    expect((await send("PATCH", `/Users/${id}`, set("active", false))).status).toBe(500);
    isAway = false;
    clock.advance(1000);
    expect(await source.settle()).toBe(1);
    expect([directory.users.get(id)?.active, (await send("GET", `/Users/${id}`)).body.active]).toEqual([false, false]);
  });
});

describe("a PATCH that changes nothing of what is stored", () => {
  it("waits for an earlier one whose outcome is unknown, and is compared with its result", async () => {
    const directory = new RecordingDirectory();
    const { send, clock } = await appWith("sync", directory);
    const id = await createUser({ send }, "ada");
    await send("PATCH", `/Users/${id}`, set("active", true));
    directory.after = () => {
      throw new Error("the response was lost");
    };
    expect((await send("PATCH", `/Users/${id}`, set("active", false))).status).toBe(500);
    // As it is stored, the user is active: but the directory may know better.
    expect((await send("PATCH", `/Users/${id}`, set("active", true))).status).toBe(503);
    directory.after = () => {};
    clock.advance(1000);
    expect((await send("PATCH", `/Users/${id}`, set("active", true))).status).toBe(200);
    expect(directory.users.get(id)?.active).toBe(true);
  });
});
