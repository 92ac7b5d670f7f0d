import { describe, expect, it } from "vitest";
import { SOAK_SECONDS } from "../helpers/soak.ts";
import { offences } from "./simulation/invariants.ts";
import { World } from "./simulation/world.ts";

/** One world alone, to look into it. */
const ONLY_SEED = process.env.SCIMKIT_SEED;
const SEEDS = 30;

async function live(seed: number): Promise<string[]> {
  const world = new World(seed);
  await world.begin();
  for (let count = 0; count < 6; count += 1) await world.trouble();
  await world.rest();
  const found = await offences(world);
  world.app.writes = [];
  await world.provider().sync();
  for (const write of world.app.writes) found.push(`at rest, and writes ${write}`);
  for await (const change of world.provider().plan()) found.push(`at rest, and plans ${change.summary}`);
  return found.map((sentence) => `seed ${seed} ${JSON.stringify(world.worldOptions)}: ${sentence}`);
}

function* seeds(): Generator<number> {
  if (ONLY_SEED !== undefined) {
    yield Number(ONLY_SEED);
    return;
  }
  const end = Date.now() + SOAK_SECONDS * 1000;
  const first = SOAK_SECONDS > 0 ? end % 1_000_000_000 : 1;
  for (let seed = first; SOAK_SECONDS > 0 ? Date.now() < end : seed < first + SEEDS; seed += 1) yield seed;
}

describe("a provider among an unreliable network, a careless directory, meddling people and its own deaths", () => {
  it(
    "brings the application to where it should be once the trouble is over, and then writes nothing",
    async () => {
      const found: string[] = [];
      for (const seed of seeds()) {
        found.push(...(await live(seed)));
        if (found.length > 20) break;
      }
      expect(found).toEqual([]);
    },
    SOAK_SECONDS * 2000 + 300_000,
  );
});
