/** PostgreSQL's client encodings that can be read, as their decoders are called. */
const LABELS: Readonly<Record<string, string>> = {
  UTF8: "utf-8",
  UNICODE: "utf-8",
  // Anything goes into these databases; what is not UTF-8 is refused.
  SQL_ASCII: "utf-8",
  WIN1250: "windows-1250",
  WIN1251: "windows-1251",
  WIN1252: "windows-1252",
  WIN1253: "windows-1253",
  WIN1254: "windows-1254",
  WIN1255: "windows-1255",
  WIN1256: "windows-1256",
  WIN1257: "windows-1257",
  WIN1258: "windows-1258",
  LATIN2: "iso-8859-2",
  LATIN7: "iso-8859-13",
  LATIN8: "iso-8859-14",
  LATIN9: "iso-8859-15",
  LATIN10: "iso-8859-16",
  KOI8R: "koi8-r",
  KOI8U: "koi8-u",
  EUC_JP: "euc-jp",
  EUC_KR: "euc-kr",
};

/** Decodes bytes of a client encoding; `undefined` for one that cannot be read. */
export function textDecoder(
  encoding: string,
  fatal: boolean,
): { decode(bytes: Uint8Array): string } | undefined {
  if (encoding === "LATIN1") return LATIN1;
  return Object.hasOwn(LABELS, encoding)
    ? new TextDecoder(LABELS[encoding], { fatal, ignoreBOM: true })
    : undefined;
}

/** TextDecoder takes this name for windows-1252. */
const LATIN1 = {
  decode(bytes: Uint8Array): string {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return text;
  },
};
