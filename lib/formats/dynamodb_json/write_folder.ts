import { createHash } from "node:crypto";
import type { Batch } from "../../datasets/batch.ts";
import type { Store } from "../../stores/store.ts";
import { EXTENSIONS, fileCompression } from "../compressed.ts";
import type { DescribedFile } from "../description.ts";
import { exportFolder, type TableTask } from "../export_folder.ts";
import { fileName } from "../file_names.ts";
import { FileWriter } from "../file_writer.ts";
import type {
  FormatWriteOptions,
  Place,
  TableSource,
  WriteStats,
} from "../source.ts";
import { itemSize, MOST_ITEM_BYTES } from "./item_size.ts";
import { ItemWriter } from "./items.ts";
import {
  entityTag,
  type ManifestFile,
  type ManifestSummary,
  md5Base64,
} from "./manifest.ts";

/** Bytes of items after which another data file begins. */
const FILE_BYTES = 1 << 28;
/** Characters that are encoded at once. */
const PIECE = 1 << 20;

/**
 * Writes tables in the layout of DynamoDB's export to S3, one export a table,
 * below `<table>/AWSDynamoDB/<export>/`: its `data/` is what ImportTable takes.
 * `servemark.json` beside them keeps what items cannot say.
 */
export async function writeDynamodbJson(
  source: TableSource,
  place: Place,
  options: FormatWriteOptions = {},
): Promise<WriteStats> {
  const compression = fileCompression(
    options.compression ?? "gzip",
    "compression of DynamoDB JSON",
  );
  return await exportFolder(source, place, options, {
    format: "dynamodb_json",
    step: "Write DynamoDB JSON",
    settings: [compression, options.level ?? ""],
    table: (task) => new TableExport(task, options, compression).write(),
  });
}

class TableExport {
  readonly #task: TableTask;
  readonly #options: FormatWriteOptions;
  readonly #compression: keyof typeof EXTENSIONS;
  /** Relative to the folder: `card/AWSDynamoDB/01…-…/`. */
  readonly #base: string;
  readonly #id: string;
  readonly #started = new Date();
  readonly #files: (DescribedFile & { md5: string })[] = [];
  readonly #others: string[] = [];
  #oversized = 0;
  #firstOversized = -1;

  constructor(
    task: TableTask,
    options: FormatWriteOptions,
    compression: keyof typeof EXTENSIONS,
  ) {
    this.#task = task;
    this.#options = options;
    this.#compression = compression;
    this.#id = exportId(task.job);
    this.#base = `${fileName(task.table.name)}/AWSDynamoDB/${this.#id}/`;
  }

  async write() {
    await this.#put("_started", "");
    await this.#data();
    const files = this.#files.map((file): ManifestFile => ({
      itemCount: file.rows,
      md5Checksum: file.md5,
      etag: entityTag(file.md5),
      dataFileS3Key: this.#s3Key(file.key),
    }));
    await this.#manifest(
      "manifest-files",
      files.map((file) => JSON.stringify(file) + "\n").join(""),
    );
    // The summary comes last: it says that all else is there.
    await this.#manifest("manifest-summary", JSON.stringify(this.#summary()));
    return {
      files: this.#files.map(({ key, rows, bytes }) => ({ key, rows, bytes })),
      others: this.#others,
      notes: this.#notes(),
    };
  }

  /** Writes the data files. */
  async #data(): Promise<void> {
    const { store, folder, table, batches } = this.#task;
    const rows = batches[Symbol.asyncIterator]();
    try {
      await this.#split(store, folder, new ItemWriter(table), rows);
    } finally {
      await rows.return?.(undefined);
    }
  }

  async #split(
    store: Store,
    folder: string,
    writer: ItemWriter,
    rows: AsyncIterator<Batch>,
  ): Promise<void> {
    let next = await rows.next();
    // A table without rows has one file without items, as AWS writes it.
    do {
      const number = String(this.#files.length).padStart(5, "0");
      const key = `${this.#base}data/part-${number}.json${
        EXTENSIONS[this.#compression]
      }`;
      const hash = createHash("md5");
      await using out = await store.create(folder + key, {
        signal: this.#options.signal,
      });
      const file = new FileWriter(
        out,
        this.#compression,
        this.#options.level,
        (bytes) => hash.update(bytes),
      );
      let written = 0;
      let size = 0;
      while (!next.done && size < FILE_BYTES) {
        size += await this.#batch(writer, next.value, file);
        written += next.value.rows;
        next = await rows.next();
      }
      await file.finish();
      this.#files.push({
        key,
        rows: written,
        bytes: file.bytes,
        md5: hash.digest("base64"),
      });
    } while (!next.done);
  }

  /** Writes a batch's lines; gives their bytes. */
  async #batch(
    writer: ItemWriter,
    batch: Batch,
    file: FileWriter,
  ): Promise<number> {
    let text = "";
    let size = 0;
    for (let row = 0; row < batch.rows; row++) {
      const item = writer.item(batch, row);
      // An item's JSON is never shorter than the item.
      if (3 * item.length > MOST_ITEM_BYTES) this.#weigh(item, batch, row);
      text += `{"Item":${item}}\n`;
      if (text.length >= PIECE || row === batch.rows - 1) {
        const bytes = encoder.encode(text);
        await file.write(bytes);
        size += bytes.length;
        text = "";
      }
    }
    return size;
  }

  /** Counts items that DynamoDB would refuse. */
  #weigh(item: string, batch: Batch, row: number): void {
    if (itemSize(JSON.parse(item)) <= MOST_ITEM_BYTES) return;
    if (this.#oversized++ === 0) this.#firstOversized = batch.from + row;
  }

  #notes(): string[] {
    if (this.#oversized === 0) return [];
    const { name } = this.#task.table;
    return [
      `${name}: ${this.#oversized} of its items are larger than the 400 KB ` +
      `that DynamoDB takes, the first in row ${this.#firstOversized}: ` +
      "ImportTable would leave them out",
    ];
  }

  #summary(): ManifestSummary {
    const { table, store, folder } = this.#task;
    // There is no account: nobody but the files' readers looks at these names.
    const tableArn = `arn:aws:dynamodb:local:000000000000:table/${table.name}`;
    const { bucket, prefix } = bucketOf(store);
    return {
      version: "2020-06-30",
      exportArn: `${tableArn}/export/${this.#id}`,
      startTime: this.#started.toISOString(),
      endTime: new Date().toISOString(),
      tableArn,
      tableId: uuidOf(table.name),
      exportTime: this.#started.toISOString(),
      s3Bucket: bucket,
      s3Prefix: `${prefix}${folder}${fileName(table.name)}`,
      s3SseAlgorithm: "AES256",
      s3SseKmsKeyId: null,
      manifestFilesS3Key: this.#s3Key(`${this.#base}manifest-files.json`),
      // Nothing is billed for it.
      billedSizeBytes: 0,
      itemCount: this.#files.reduce((sum, { rows }) => sum + rows, 0),
      outputFormat: "DYNAMODB_JSON",
      exportType: "FULL_EXPORT",
    };
  }

  /** An object's key in its bucket. */
  #s3Key(key: string): string {
    const { store, folder } = this.#task;
    return bucketOf(store).prefix + folder + key;
  }

  /** A manifest, with its checksum under both names that readers know. */
  async #manifest(name: string, text: string): Promise<void> {
    const checksum = md5Base64(encoder.encode(text));
    await this.#put(`${name}.checksum`, checksum);
    await this.#put(`${name}.md5`, checksum);
    await this.#put(`${name}.json`, text);
  }

  async #put(name: string, text: string): Promise<void> {
    const { store, folder } = this.#task;
    await store.put(folder + this.#base + name, encoder.encode(text));
    this.#others.push(this.#base + name);
  }
}

const encoder = new TextEncoder();

/** `01234567890123-0a1b2c3d`, as AWS's are; the same for the same job. */
function exportId(job: string | undefined): string {
  const hash = createHash("sha256").update(job ?? crypto.randomUUID())
    .digest();
  const digits = hash.readUInt32BE(0) * 2 ** 16 + hash.readUInt16BE(4);
  return `${String(digits % 1e14).padStart(14, "0")}-${
    hash.subarray(8, 12).toString("hex")
  }`;
}

function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
    .map(([from, to]) => hex.slice(from, to)).join("-");
}

/** The bucket that a store is in, and its keys' prefix there; `""` for folders. */
function bucketOf(store: Store): { bucket: string; prefix: string } {
  const m = /^s3:\/\/([^/?#]+)\/?([^?#]*)/.exec(store.uri);
  if (!m) return { bucket: "", prefix: "" };
  const prefix = m[2] === "" || m[2].endsWith("/") ? m[2] : `${m[2]}/`;
  return { bucket: m[1], prefix };
}
