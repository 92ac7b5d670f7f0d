import { createWork } from "scimkit/storage";
import { expect, it } from "vitest";

it("refuses work beyond its budget, and says what it was for", () => {
  const work = createWork({ limit: 100 });
  work.spend(60, "comparing values of emails");
  expect(work.left).toBe(40);
  expect(() => work.spend(41, "comparing values of emails")).toThrow(
    expect.objectContaining({
      status: 400,
      scimType: "tooMany",
      message: "The request needs too much work for comparing values of emails",
    }),
  );
});

it("lets others run when a piece has taken long, and not before", async () => {
  let time = 0;
  const work = createWork({ clock: () => time });
  expect(work.pause()).toBeUndefined();
  time = 20;
  let others = false;
  setTimeout(() => {
    others = true;
  }, 0);
  await work.pause();
  expect(others).toBe(true);
  expect(work.pause()).toBeUndefined();
});

it("ends work for which nobody waits any more", () => {
  const work = createWork({ signal: AbortSignal.abort() });
  expect(() => work.pause()).toThrow(expect.objectContaining({ name: "DisconnectedError", status: 499 }));
});
