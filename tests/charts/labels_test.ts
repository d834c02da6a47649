import assert from "node:assert/strict";
import { placeLabels } from "../../lib/charts/labels.ts";

const bounds = { left: 0, right: 200, top: 0, bottom: 100 };

Deno.test("placeLabels() puts no label over another or over a point", () => {
  const points = Array.from({ length: 12 }, (_, k) => ({
    x: 60 + 7 * k,
    y: 50 + 3 * (k % 3),
    text: String(10 ** (k % 4)),
  }));
  const placed = placeLabels(points, bounds, 12);
  assert.ok(placed.length > 0);
  const boxes = placed.map(({ index, dx, dy }) => ({
    x: points[index].x + dx,
    y: points[index].y + dy,
  }));
  for (const [k, a] of boxes.entries()) {
    for (const p of points) {
      assert.ok(Math.hypot(a.x - p.x, a.y - p.y) > 4);
    }
    for (const b of boxes.slice(k + 1)) {
      assert.ok(Math.abs(a.x - b.x) > 5 || Math.abs(a.y - b.y) >= 12);
    }
  }
});

Deno.test("placeLabels() leaves a label out where there is no room", () => {
  const crowd = Array.from({ length: 40 }, () => ({
    x: 100,
    y: 50,
    text: "100",
  }));
  assert.ok(placeLabels(crowd, bounds, 12).length <= 8);
  assert.deepEqual(placeLabels([], bounds, 12), []);
});
