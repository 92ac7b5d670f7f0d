import { expect, it } from "vitest";
import { print, sample } from "./offence.ts";
import { sourceFiles } from "./repository.ts";
import { unreadFields } from "./unread-fields.ts";

it("finds the fields of an interface that nothing reads", () => {
  const declared = "export interface P {\n  a?: 1;\n  b?: 2;\n  c?: 3;\n}\nexport const p: P = { a: 1, b: 2, c: 3 };\n";
  const reader =
    'import { type P, p } from "./p.ts";\nexport const f = ({ a }: P) => a ?? p.b;\nexport const c = { c: 1 }.c;\n';
  const files = [sample("src/values/p.ts", declared), sample("src/values/reader.ts", reader)];
  expect(print(unreadFields(files, { path: "src/values/p.ts", name: "P" }))).toEqual([
    expect.stringMatching("src/values/p.ts:4 nothing reads P.c"),
  ]);
});

it("every field of a client profile is read, except the name that people read", () => {
  const unread = unreadFields(sourceFiles(), { path: "src/client/profiles/profile.ts", name: "ClientProfile" });
  expect(unread.map(({ reason }) => reason)).toEqual(["nothing reads ClientProfile.name"]);
});
