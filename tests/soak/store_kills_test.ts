import assert from "node:assert/strict";
import { openStore } from "../../lib/stores/open.ts";
import { checkObject, runChild, withEnv } from "../contracts/store.ts";
import { STORE_PLACES } from "../contracts/store_places.ts";

const KILLS = 15;
const BLOCKS = 160;
const HEAD = 1_000;

for (const [name, start] of Object.entries(STORE_PLACES)) {
  Deno.test(`${name}: a writer killed at ${KILLS} random moments leaves whole objects`, async () => {
    const place = await start();
    if ("missing" in place) throw new Error(`Install ${place.missing}`);
    try {
      await withEnv(place.env, async () => {
        const store = await openStore(place.uri);
        let kills = 0;
        for (let round = 0; kills < KILLS; round++) {
          const key = `killed/${round}`;
          const args = [place.uri, key, String(BLOCKS), String(HEAD)];
          let position = HEAD;
          for (;;) {
            // A whole write takes some hundred ms.
            const afterMs = Math.random() * 500;
            const told = await runChild(args, { afterMs });
            const finished = told.at(-1)?.sent !== undefined;
            if (!finished && await store.exists(key)) {
              // It was killed between the object's end and its own.
              await checkObject(store, key, BLOCKS, HEAD);
              kills++;
              break;
            }
            if (told[0]) {
              if (told[0].resumed! < position) {
                // Its completion was under way when it was killed.
                assert.ok(
                  await store.exists(key),
                  `${position} ${JSON.stringify(told)}`,
                );
              }
              position = told.findLast(({ checkpoint }) => checkpoint)
                ?.checkpoint ?? told[0].resumed!;
            }
            if (finished) break;
            kills++;
          }
          await checkObject(store, key, BLOCKS, HEAD);
          await store.tidy({ abandonedMs: -60_000 });
          assert.equal((await place.all()).length, round + 1);
        }
      });
    } finally {
      await place.close();
    }
  });
}
