import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import type { Watch } from "../core/progress.ts";
import { openPlatform, PLATFORMS } from "../platforms/open.ts";
import type { Platform, PlatformSettings } from "../platforms/platform.ts";
import { schemeOf } from "../stores/split_uri.ts";

/** Where tables go. */
export interface TargetOptions extends Watch {
  /** A platform's name: an embedded engine where no URI says another. */
  readonly platform?: string;
  /** `postgres://user@host/database`, `dynamodb://region` */
  readonly target?: string;
  /** A database's name in place of the URI's. */
  readonly database?: string;
  /** The tables' schema, where the platform has some. */
  readonly schema?: string;
}

/** URIs that say a platform by another name. */
const SCHEMES: Readonly<Record<string, string>> = { postgresql: "postgres" };

/** Opens the platform that a name or a URI says. */
export async function openTarget(options: TargetOptions): Promise<Platform> {
  const { platform, target, database, schema } = options;
  const scheme = target === undefined ? undefined : schemeOf(target);
  const kind = platform ??
    (scheme === undefined ? undefined : SCHEMES[scheme] ?? scheme);
  const known = Object.keys(PLATFORMS);
  if (kind === undefined) {
    throw new ServemarkError(`Cannot tell the platform of "${target ?? ""}"`, {
      remedy:
        `Write it as postgres://user@host/database, or name one with --platform: ${
          known.join(", ")
        }`,
      exitCode: 2,
    });
  }
  if (!known.includes(kind)) throw unknownName("platform", kind, known);
  const settings: PlatformSettings = {
    ...(target === undefined
      ? {}
      : { uri: database ? withDatabase(target, database) : target }),
    ...(schema === undefined || kind !== "postgres" ? {} : { schema }),
  };
  return await openPlatform(kind, settings, options);
}

/** A URI with another database. */
export function withDatabase(uri: string, database: string): string {
  const url = URL.parse(uri);
  // A URI that cannot be read is told by the platform itself.
  if (!url) return uri;
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
