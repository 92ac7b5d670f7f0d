import { describe, expect, it } from "vitest";
import { figure } from "./figure.ts";
import { createScene, type Scene, timeless } from "./figure-scene.ts";

/** A hundred users whose names begin with a J, and one whose name does not. */
function people(): Promise<Scene> {
  const users = Array.from({ length: 100 }, (_, index) => ({
    id: `${1000 + index}`,
    userName: `J${index}`,
    displayName: `Smith ${index}`,
  }));
  return createScene({ users: [...users, { id: "5000", userName: "kim" }] });
}

const withoutResources = (body: Record<string, unknown>): unknown => timeless({ ...body, Resources: [] });

describe("the RFC's figures of cursors", () => {
  it("shows the first page and the next as section 2 does [req 123]", async () => {
    const scene = await people();
    const first = await scene.send("rfc9865-2-first-page-request");
    const shown = figure("rfc9865-2-first-page-response");
    expect(first.status).toBe(shown.status);
    expect(withoutResources(first.body)).toEqual(timeless(shown.body));
    expect(first.body.Resources).toHaveLength(10);

    const request = figure("rfc9865-2-next-page-request");
    const next = await scene.send({
      ...request,
      target: request.target.replace("VZUTiyhEQJ94IR", String(first.body.nextCursor)),
    });
    // Going back is for service providers that can.
    const { previousCursor: _, ...forward } = figure("rfc9865-2-next-page-response").body as Record<string, unknown>;
    expect(next.status).toBe(figure("rfc9865-2-next-page-response").status);
    const { previousCursor: __, ...ours } = next.body;
    expect(withoutResources(ours)).toEqual(timeless(forward));
    expect(next.body.nextCursor).not.toBe(first.body.nextCursor);
    const ids = [first, next].flatMap(({ body }) => (body.Resources as { id: string }[]).map(({ id }) => id));
    expect(new Set(ids).size).toBe(20);
  });

  it("pages by index if no cursor is requested, unlike the service provider of section 2.3 [req 126]", async () => {
    const answer = await (await people()).send("rfc9865-2.3-no-cursor-request");
    const { nextCursor, ...shown } = figure("rfc9865-2.3-no-cursor-response").body as Record<string, unknown>;
    expect(nextCursor).toBeDefined();
    expect(withoutResources(answer.body)).toEqual({ ...shown, totalResults: 101, startIndex: 1 });
  });

  it("searches by cursor as section 3 does [req 96, 127]", async () => {
    const scene = await people();
    const request = figure("rfc9865-3-search-request");
    const answer = await scene.send(request);
    const shown = figure("rfc9865-3-search-response");
    expect(answer.status).toBe(shown.status);
    expect(withoutResources(answer.body)).toEqual(timeless(shown.body));
    const next = { ...request, body: { ...(request.body as object), cursor: answer.body.nextCursor } };
    expect((await scene.send(next)).body.Resources).toHaveLength(10);
  });

  it("says how it pages as section 4 does [req 23]", async () => {
    const shown = figure("rfc9865-4-service-provider-config-response");
    const answer = await (await createScene()).send("rfc9865-4-service-provider-config-request");
    expect(answer.status).toBe(shown.status);
    const { pagination: theirs, schemas } = shown.body as { pagination: object; schemas: string[] };
    const { pagination: ours } = answer.body as { pagination: Record<string, unknown> };
    expect(answer.body.schemas).toEqual(schemas);
    expect(Object.keys(theirs)).toEqual(expect.arrayContaining(Object.keys(ours)));
    expect(ours).toMatchObject({ cursor: true, index: true, defaultPaginationMethod: "index" });
  });
});
