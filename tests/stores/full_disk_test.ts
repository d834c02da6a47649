import assert from "node:assert/strict";
import { onTinyDisk, TINY_DISK } from "../fixtures/tiny_disk.ts";

Deno.test({
  name: "FileStore.put() on a full disk says so and leaves only whole objects",
  ignore: !TINY_DISK,
  async fn() {
    const script = new URL("../fixtures/fill_disk.ts", import.meta.url);
    const printed = await onTinyDisk(220, script);
    assert.match(printed, /Cannot write object-\d: the disk is full/);
    assert.match(printed, /Where: \/mnt\/store\/object-\d/);
    assert.match(printed, /What to do: Free some space/);
    assert.match(printed, /object-0 50000 whole/);
    assert.doesNotMatch(printed, /mixed|left behind/);
  },
});

Deno.test({
  name:
    "FileStore.create() on a full disk says so, and is taken up once there is room",
  ignore: !TINY_DISK,
  async fn() {
    const script = new URL("../fixtures/fill_disk_stream.ts", import.meta.url);
    const printed = await onTinyDisk(32 * 1024, script);
    assert.match(
      printed,
      /^from 0\nServemarkError: Cannot write object: the disk is full/,
    );
    assert.match(printed, /Where: \/mnt\/store\/object\n/);
    assert.match(
      printed,
      /exists: false\nfrom [1-9]\d*\n24 MiB whole\n\[ "object" \]/,
    );
  },
});
