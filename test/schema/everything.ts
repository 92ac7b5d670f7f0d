import { EVERYTHING, EXTRA, MUST } from "./everything-type.ts";

/** A value for every sub-attribute. */
const part = {
  value: "v",
  text: "Text",
  exact: "Exact",
  flag: true,
  ratio: 1.5,
  count: 3,
  since: "2026-01-01T00:00:00+02:00",
  blob: "aGVsbG8",
  link: "https://x.example/a",
  words: ["a", "b"],
  counts: [1, 2],
  type: "other",
  stamp: "mine",
  born: "once",
  pin: "secret",
  hidden: "secret",
  shown: "always",
  asked: "request",
  code: "Part",
  globalCode: "Part",
};

/** A value for every attribute there is; those that must be unique end in `mark`. */
export function everything(mark: string): Record<string, unknown> {
  const unique = (value: string) => `${value}-${mark}`;
  return {
    schemas: [EVERYTHING, EXTRA, MUST],
    externalId: unique("external"),
    label: "Label",
    exact: "Exact",
    flag: false,
    ratio: -0.5,
    count: 7,
    since: "2026-02-01T12:00:00Z",
    blob: "aGk=",
    link: "../x",
    rank: "middle",
    stamp: "mine",
    born: "once",
    pin: "secret",
    hidden: "secret",
    shown: "always",
    asked: "request",
    code: unique("Code"),
    globalCode: unique("Global"),
    renewed: `2026-01-01T00:00:00.${mark}Z`,
    number: Number(mark),
    serials: [unique("s1"), unique("s2")],
    texts: ["one", "Two"],
    flags: [true, false],
    ratios: [1.25],
    counts: [1, 2, 3],
    dates: ["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"],
    blobs: ["aGk="],
    links: ["urn:x:y", "https://x.example/"],
    friend: { value: "1", $ref: "../Everythings/1", display: "mine" },
    box: { ...part, code: unique("Box"), globalCode: unique("Box") },
    boxes: [
      { ...part, value: "v1", primary: true, code: unique("One"), globalCode: unique("One") },
      { value: "v2", flag: false, count: 1 },
    ],
    [EXTRA]: {
      note: "Note",
      badge: unique("Badge"),
      level: 2,
      sealed: "once",
      seen: "2026-01-01T00:00:00Z",
      shown: "always",
      asked: "request",
      pin: "secret",
      tags: ["t"],
      owner: { value: "1", $ref: "../Users/1" },
      spans: [{ value: "2026-01-01T00:00:00Z", days: ["mo", "tu"] }, { value: "2026-02-01T00:00:00Z" }],
    },
    [MUST]: { tenantCode: "acme", region: "eu" },
  };
}

/** What of `everything` is shown when nothing is asked for. */
export function shown(mark: string): Record<string, unknown> {
  const { stamp, pin, hidden, asked, ...top } = everything(mark);
  const visible = (value: unknown) => {
    const { stamp, pin, hidden, asked, ...rest } = value as Record<string, unknown>;
    return rest;
  };
  const { seen, ...extra } = visible(top[EXTRA]);
  const { display, ...friend } = top.friend as Record<string, unknown>;
  return { ...top, friend, box: visible(top.box), boxes: (top.boxes as object[]).map(visible), [EXTRA]: extra };
}
