/** A plotting symbol around the origin, with the area of a circle of this radius. */
export function symbolPath(
  symbol: "circle" | "square" | "triangle" | "diamond",
  radius: number,
): string {
  const area = Math.PI * radius * radius;
  const f = (v: number) => String(Math.round(v * 100) / 100);
  switch (symbol) {
    case "circle": {
      const r = f(radius);
      return `M${r},0A${r},${r},0,1,1,-${r},0A${r},${r},0,1,1,${r},0Z`;
    }
    case "square": {
      const h = Math.sqrt(area) / 2;
      return `M${f(-h)},${f(-h)}H${f(h)}V${f(h)}H${f(-h)}Z`;
    }
    case "triangle": {
      // Equilateral: area = side² · √3 / 4, centroid at the origin.
      const side = Math.sqrt(4 * area / Math.sqrt(3));
      const up = side / Math.sqrt(3);
      return `M0,${f(-up)}L${f(side / 2)},${f(up / 2)}H${f(-side / 2)}Z`;
    }
    case "diamond": {
      // Two equilateral triangles, base to base.
      const half = Math.sqrt(area * Math.sqrt(3) / 2);
      const across = half / Math.sqrt(3);
      return `M0,${f(-half)}L${f(across)},0L0,${f(half)}L${f(-across)},0Z`;
    }
  }
}
