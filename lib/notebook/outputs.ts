import type { Output } from "./ipynb.ts";
import type { Message } from "./protocol.ts";

type Shown = Extract<Output, { data: unknown }>;

/**
 * Turns what a kernel publishes into the outputs that a notebook keeps, and
 * applies updates of displays in place, whichever cell they are under.
 */
export class OutputCollector {
  readonly #displays = new Map<string, Shown[]>();
  #outputs: Output[] = [];
  #clearNext = false;

  /** Starts a cell: what comes from now on is appended to its outputs. */
  begin(outputs: Output[]): void {
    this.#outputs = outputs;
    this.#clearNext = false;
  }

  /** Takes a message; returns whether it changed an output. */
  take({ header, content }: Message): boolean {
    switch (header.msg_type) {
      case "stream":
        this.#stream(String(content.name), String(content.text));
        return true;
      case "display_data":
        this.#add({ output_type: "display_data", ...forms(content) }, content);
        return true;
      case "execute_result":
        this.#add({
          output_type: "execute_result",
          execution_count: content.execution_count as number,
          ...forms(content),
        }, content);
        return true;
      case "update_display_data":
        for (
          const shown of this.#displays.get(displayId(content) ?? "") ?? []
        ) {
          Object.assign(shown, forms(content));
        }
        return true;
      case "error":
        this.#append({
          output_type: "error",
          ename: String(content.ename),
          evalue: String(content.evalue),
          traceback: (content.traceback ?? []) as string[],
        });
        return true;
      case "clear_output":
        if (content.wait) this.#clearNext = true;
        else this.#outputs.length = 0;
        return true;
      default:
        return false;
    }
  }

  #stream(name: string, text: string): void {
    const last = this.#outputs[this.#outputs.length - 1];
    if (
      !this.#clearNext && last?.output_type === "stream" && last.name === name
    ) {
      last.text += text;
    } else this.#append({ output_type: "stream", name, text });
  }

  #add(shown: Shown, content: Message["content"]): void {
    this.#append(shown);
    const id = displayId(content);
    if (id === undefined) return;
    const others = this.#displays.get(id) ?? [];
    // Showing an id again also brings the earlier displays of it up to date.
    for (const other of others) Object.assign(other, forms(content));
    this.#displays.set(id, [...others, shown]);
  }

  #append(output: Output): void {
    if (this.#clearNext) this.#outputs.length = 0;
    this.#clearNext = false;
    this.#outputs.push(output);
  }
}

function forms(content: Message["content"]): Pick<Shown, "data" | "metadata"> {
  return {
    data: { ...(content.data as object) },
    metadata: { ...(content.metadata as object) },
  };
}

function displayId(content: Message["content"]): string | undefined {
  return (content.transient as { display_id?: string } | undefined)?.display_id;
}
