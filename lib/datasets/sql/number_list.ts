const LINE = 84;

/** Numbers joined by commas, over lines of this indent where they are many. */
export function numberList(
  values: readonly (number | string)[],
  indent: string,
): string {
  const whole = values.join(", ");
  if (whole.length <= LINE) return whole;
  const lines: string[] = [];
  let line = "";
  for (const value of values) {
    const next = `${value}, `;
    if (line.length + next.length > LINE) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += next;
  }
  lines.push(line.slice(0, -2));
  return `\n${indent}${lines.join(`\n${indent}`)}`;
}
