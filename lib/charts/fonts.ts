/**
 * The type that charts and the typeset report carry: Source Sans 3 (SIL Open
 * Font License 1.1), as TrueType files of an npm package.
 *
 * @module
 */
// The import puts the package where the files below resolve to.
import "@expo-google-fonts/source-sans-3/package.json" with {
  type: "json",
};
import { fileURLToPath } from "node:url";

/** The family's name, as font files state it. */
export const FAMILY = "Source Sans 3";

/** Paths of the faces: regular, semi-bold, italic. */
export function fontFiles(): string[] {
  return [
    import.meta.resolve(
      "@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf",
    ),
    import.meta.resolve(
      "@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf",
    ),
    import.meta.resolve(
      "@expo-google-fonts/source-sans-3/400Regular_Italic/SourceSans3_400Regular_Italic.ttf",
    ),
  ].map((url) => fileURLToPath(url));
}
