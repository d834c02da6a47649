/** A table's name as a file's: what is neither letter, digit nor one of `_ - .` as `%2F`. */
export function fileName(table: string): string {
  const bytes = new TextEncoder().encode(table);
  let name = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    const plain = byte < 128 && /[\w-]/.test(char) ||
      char === "." && name !== "";
    name += plain
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return name;
}
