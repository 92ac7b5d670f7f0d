import { assert, asyncProperty, string, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { createSealer } from "../../src/crypto/create-sealer.ts";
import { SealError } from "../../src/crypto/seal-error.ts";

const bytes = (fill: number) => new Uint8Array(32).fill(fill);
const old = { id: "2025", key: bytes(1) };
const current = { id: "2026", key: bytes(2) };
const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (opened: Uint8Array) => new TextDecoder().decode(opened);

/** The reason why it was not opened. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SealError);
  expect((error as SealError).status).toBe(500);
  return (error as SealError).reason;
}

describe("a sealer", () => {
  const sealer = createSealer({ keys: [current, old] });

  it("opens what it sealed, byte for byte, in the same context", async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 300 }), string({ unit: "binary" }), async (plain, context) => {
        const sealed = await sealer.seal(plain, context.toWellFormed());
        expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(await sealer.open(sealed, context.toWellFormed())).toEqual(plain);
      }),
      { seed: 1, numRuns: 100 },
    );
    const large = new Uint8Array(1 << 20).map((_, index) => index % 251);
    expect(await sealer.open(await sealer.seal(large, "large"), "large")).toEqual(large);
  });

  it("shows nothing of what it sealed, and seals the same in two ways", async () => {
    const [first, second] = await Promise.all([sealer.seal(utf8("secret"), "c"), sealer.seal(utf8("secret"), "c")]);
    expect(first).not.toBe(second);
    for (const sealed of [first, second]) expect(Buffer.from(sealed, "base64url").includes("secret")).toBe(false);
  });

  it("seals under the first key and opens under all", async () => {
    const before = await createSealer({ keys: [old] }).seal(utf8("x"), "c");
    const after = await sealer.seal(utf8("x"), "c");
    expect([sealer.isCurrent(before), sealer.isCurrent(after), sealer.isCurrent("junk")]).toEqual([false, true, false]);
    expect(text(await sealer.open(before, "c"))).toBe("x");
    expect(text(await createSealer({ keys: [old, current] }).open(after, "c"))).toBe("x");
    expect(await refusal(createSealer({ keys: [old] }).open(after, "c"))).toBe("unknown-key");
    const impostor = createSealer({ keys: [{ id: "2026", key: bytes(9) }] });
    expect(await refusal(impostor.open(after, "c"))).toBe("not-authentic");
  });

  it("opens nothing in another context, and no context runs into the key's id", async () => {
    const sealed = await sealer.seal(utf8("x"), "tokens/a");
    for (const context of ["tokens/b", "", "tokens/a ", "26tokens/a"]) {
      expect(await refusal(sealer.open(sealed, context))).toBe("not-authentic");
    }
  });

  it("opens no text of which any character was changed, cut off, added or taken from another", async () => {
    const sealed = await sealer.seal(utf8("a secret of some length"), "c");
    const another = await sealer.seal(utf8("b secret of some length"), "c");
    const forged = [
      `${sealed}A`,
      `${sealed}=`,
      ` ${sealed}`,
      sealed.slice(0, -1),
      "",
      "A",
      "é",
      another.slice(0, 40) + sealed.slice(40),
    ];
    for (let index = 0; index < sealed.length; index++) {
      const other = sealed[index] === "A" ? "B" : "A";
      forged.push(sealed.slice(0, index) + other + sealed.slice(index + 1));
    }
    for (const one of forged) expect(["not-authentic", "unknown-key"]).toContain(await refusal(sealer.open(one, "c")));
  });

  it("takes keys in base64 and base64url, with and without padding, as they are bytes", async () => {
    const key = new Uint8Array(32).map((_, index) => 255 - index);
    const sealed = await createSealer({ keys: [{ id: "k", key }] }).seal(utf8("x"), "c");
    const base64 = Buffer.from(key).toString("base64");
    for (const spelt of [base64, `${base64}\n`, base64.replace("=", ""), Buffer.from(key).toString("base64url")]) {
      expect(text(await createSealer({ keys: [{ id: "k", key: spelt }] }).open(sealed, "c"))).toBe("x");
    }
  });

  it("keeps its keys when the caller's array is overwritten", async () => {
    const key = bytes(7);
    const mine = createSealer({ keys: [{ id: "k", key }] });
    key.fill(0);
    const sealed = await mine.seal(utf8("x"), "c");
    expect(text(await createSealer({ keys: [{ id: "k", key: bytes(7) }] }).open(sealed, "c"))).toBe("x");
  });

  it.each([
    ["no keys", []],
    ["a passphrase", [{ id: "k", key: "correct horse battery staple" }]],
    ["a short key", [{ id: "k", key: new Uint8Array(16) }]],
    ["no key at all", [{ id: "k", key: undefined as never }]],
    ["an odd id", [{ id: "k k", key: bytes(1) }]],
    ["an empty id", [{ id: "", key: bytes(1) }]],
    ["the same id twice", [old, { id: "2025", key: bytes(3) }]],
  ])("refuses %s with a TypeError that shows no key", (_, keys) => {
    expect(() => createSealer({ keys })).toThrow(TypeError);
    expect(() => createSealer({ keys })).toThrow(/^keys: /);
    expect(() => createSealer({ keys })).not.toThrow(/horse/);
  });
});
