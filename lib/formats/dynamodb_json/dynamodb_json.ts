import type { Format } from "../source.ts";
import { openDynamodbJson } from "./open.ts";
import { writeDynamodbJson } from "./write_folder.ts";

/**
 * DynamoDB JSON in the layout of AWS's export to S3, manifests and checksums
 * included, one export a table, with `servemark.json` beside them. AWS's own
 * exports are read too, as is any folder of their data files.
 */
export const dynamodbJson: Format = {
  name: "dynamodb_json",
  title: "DynamoDB JSON",
  layout: "folder",
  open: openDynamodbJson,
  write: writeDynamodbJson,
};
