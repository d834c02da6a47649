/**
 * A JupyterLab for tests: on 127.0.0.1 only, with settings of its own and this
 * Deno as its one kernel. It ends with `close()`, and when the test dies.
 *
 * @module
 */
import { join } from "node:path";
import { temporaryPath } from "../../lib/platforms/embedded/folders.ts";
import { superviseServer } from "../../lib/platforms/embedded/supervise.ts";
import { pythonTool } from "./python.ts";

export const VERSION = "4.6.6";

const REQUIREMENTS =
  new URL("./jupyterlab/requirements.txt", import.meta.url).pathname;

/** A running JupyterLab. */
export interface JupyterLab {
  /** Its address, without the token. */
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Starts JupyterLab over a folder of notebooks, installing it on first use
 * (about 250 MB, under a minute).
 *
 * @param root the folder that it serves
 * @param env variables for it and its kernels
 */
export async function startJupyterLab(
  root: string,
  env: Readonly<Record<string, string>> = {},
): Promise<JupyterLab | { missing: string }> {
  const tool = await pythonTool(`jupyterlab-${VERSION}`, REQUIREMENTS);
  if ("missing" in tool) return tool;
  const token = crypto.randomUUID();
  const home = await Deno.makeTempDir({ prefix: "servemark-jupyterlab-" });
  const removeHome = () => Deno.remove(home, { recursive: true });
  try {
    await settle(home);
    const server = await superviseServer({
      title: "JupyterLab",
      folder: temporaryPath("jupyterlab"),
      command: (port) => ({
        command: tool.python,
        args: [
          "-m",
          "jupyterlab",
          "--no-browser",
          "--allow-root",
          "--ServerApp.ip=127.0.0.1",
          `--ServerApp.port=${port}`,
          "--ServerApp.port_retries=0",
          `--ServerApp.root_dir=${root}`,
          "--LabApp.extension_manager=readonly",
          // Deno's kernel does not end by itself when it is asked to.
          "--KernelManager.shutdown_wait_time=0.5",
          "--KernelSpecManager.ensure_native_kernel=False",
        ],
        env: {
          ...env,
          JUPYTER_TOKEN: token,
          JUPYTER_DATA_DIR: join(home, "data"),
          JUPYTER_CONFIG_DIR: join(home, "config"),
          JUPYTER_RUNTIME_DIR: join(home, "runtime"),
          JUPYTERLAB_SETTINGS_DIR: join(home, "settings"),
          JUPYTERLAB_WORKSPACES_DIR: join(home, "workspaces"),
          // Packages of the user's own must not take part.
          PYTHONNOUSERSITE: "1",
        },
      }),
      ready: async (port) => {
        const { ok, body } = await fetch(
          `http://127.0.0.1:${port}/api/status?token=${token}`,
        );
        await body?.cancel();
        return ok;
      },
      grace: 15,
    });
    return {
      url: `http://127.0.0.1:${server.port}`,
      token,
      close: async () => {
        await server.close();
        await removeHome();
      },
    };
  } catch (error) {
    await removeHome();
    throw error;
  }
}

/**
 * Writes the kernel's specification, turns the news prompt off, and keeps all
 * cells in the page, also those outside of the window.
 */
async function settle(home: string): Promise<void> {
  const kernel = join(home, "data", "kernels", "deno");
  await Deno.mkdir(kernel, { recursive: true });
  await Deno.writeTextFile(
    join(kernel, "kernel.json"),
    JSON.stringify({
      argv: [
        Deno.execPath(),
        "jupyter",
        "--kernel",
        "--conn",
        "{connection_file}",
      ],
      display_name: "Deno",
      language: "typescript",
    }),
  );
  const config = join(home, "config", "labconfig");
  await Deno.mkdir(config, { recursive: true });
  await Deno.writeTextFile(
    join(config, "page_config.json"),
    JSON.stringify({
      disabledExtensions: {
        "@jupyterlab/apputils-extension:announcements": true,
      },
    }),
  );
  const tracker = join(home, "settings", "@jupyterlab", "notebook-extension");
  await Deno.mkdir(tracker, { recursive: true });
  await Deno.writeTextFile(
    join(tracker, "tracker.jupyterlab-settings"),
    JSON.stringify({ windowingMode: "none" }),
  );
}
