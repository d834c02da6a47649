/** A piece of SQL. */
export interface SqlToken {
  /** `word` is an unquoted name or keyword, `name` a quoted one, `text` a literal. */
  readonly kind: "word" | "name" | "text" | "number" | "sign";
  /** What it says: a quoted name and a literal without quotes and escapes. */
  readonly text: string;
  /** Where it is in the SQL. */
  readonly from: number;
  readonly to: number;
}

const SPACE = /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)+/y;
const NAME = /"([^"]*(?:""[^"]*)*)"/y;
const TEXT = /'([^']*(?:''[^']*)*)'/y;
const ESCAPED_TEXT = /[eE]'([^'\\]*(?:(?:''|\\[^])[^'\\]*)*)'/y;
const DOLLAR_TEXT = /\$([A-Za-z_\u0080-\uffff]*)\$([^]*?)\$\1\$/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What begins a quotation or a remark. */
const OPENING = /["']|\$[A-Za-z_\u0080-\uffff]*\$|\/\*/y;

/**
 * Cuts SQL as pg_dump writes it into tokens, one after the other; ends where a
 * quotation does not.
 */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  for (;;) {
    if (mayBeSpace(sql.charCodeAt(at))) at += match(SPACE)?.[0].length ?? 0;
    if (at >= sql.length) return;
    const from = at;
    let kind: SqlToken["kind"] = "sign";
    let text = sql[at];
    let m: RegExpExecArray | null;
    if (sql[at + 1] === "'" && (m = match(ESCAPED_TEXT))) {
      [kind, text] = ["text", unescape(m[1])];
    } else if ((m = match(WORD))) [kind, text] = ["word", m[0]];
    else if ("(),.;".includes(text)) m = null;
    else if ((m = match(NUMBER))) [kind, text] = ["number", m[0]];
    else if ((m = match(NAME))) [kind, text] = ["name", unquote(m[1], '"')];
    else if ((m = match(TEXT))) [kind, text] = ["text", unquote(m[1], "'")];
    else if ((m = match(DOLLAR_TEXT))) [kind, text] = ["text", m[2]];
    else if (match(OPENING)) return;
    at += m ? m[0].length : 1;
    yield { kind, text, from, to: at };
  }
}

/** White space, and what begins a remark. */
function mayBeSpace(unit: number): boolean {
  return unit <= 32 || unit === 45 || unit === 47 || unit >= 128;
}

function unquote(text: string, quote: string): string {
  return text.replaceAll(quote + quote, quote);
}

const LETTERS: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function unescape(text: string): string {
  return text.replace(
    /''|\\([^])/g,
    (_, letter?: string) =>
      letter === undefined ? "'" : LETTERS[letter] ?? letter,
  );
}

/** Reads tokens in order. */
export class SqlReader {
  readonly sql: string;
  readonly #tokens: Generator<SqlToken>;
  #next: SqlToken | undefined;

  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = sqlTokens(sql);
    this.#advance();
  }

  /** The token that comes next; `undefined` at the end. */
  get next(): SqlToken | undefined {
    return this.#next;
  }

  /** 1 where the next token opens brackets, −1 where it closes them. */
  get nesting(): number {
    const token = this.#next;
    if (token?.kind !== "sign") return 0;
    return "([".includes(token.text) ? 1 : ")]".includes(token.text) ? -1 : 0;
  }

  /** Takes the next token. */
  take(): SqlToken | undefined {
    const token = this.#next;
    this.#advance();
    return token;
  }

  /** Whether the next token is this keyword or sign. */
  at(text: string): boolean {
    const token = this.#next;
    return token !== undefined &&
      (token.kind === "word"
        ? token.text.toUpperCase() === text
        : token.kind === "sign" && token.text === text);
  }

  /** Takes keywords and signs that come next, or the first of them alone, or none; says whether all came. */
  accept(...texts: string[]): boolean {
    return texts.every((text) => {
      if (!this.at(text)) return false;
      this.#advance();
      return true;
    });
  }

  /** A name, folded to lower case where it is not quoted. */
  name(): string | undefined {
    const token = this.#next;
    if (token?.kind !== "word" && token?.kind !== "name") return undefined;
    this.#advance();
    return token.kind === "name" ? token.text : token.text.toLowerCase();
  }

  /** `schema.name`, or a name alone. */
  qualified(): QualifiedName | undefined {
    const first = this.name();
    if (first === undefined) return undefined;
    if (!this.accept(".")) return { schema: undefined, name: first };
    const name = this.name();
    return name === undefined ? undefined : { schema: first, name };
  }

  /** `(a, "b c")`: the names; words after a name, up to the comma, are passed over. */
  names(): string[] | undefined {
    if (!this.accept("(")) return undefined;
    const found: string[] = [];
    if (this.accept(")")) return found;
    for (;;) {
      const name = this.name();
      if (name === undefined) return undefined;
      found.push(name);
      while (this.#next?.kind === "word") this.#advance();
      if (this.accept(")")) return found;
      if (!this.accept(",")) return undefined;
    }
  }

  /** Passes over what is between here and a `,` or `)` at this level. */
  skipItem(): void {
    let depth = 0;
    while (this.#next !== undefined) {
      if (depth === 0 && (this.at(",") || this.at(")"))) return;
      depth += this.nesting;
      this.#advance();
    }
  }

  #advance(): void {
    const { done, value } = this.#tokens.next();
    this.#next = done ? undefined : value;
  }
}

/** A name and, where it was said, its schema. */
export interface QualifiedName {
  readonly schema: string | undefined;
  readonly name: string;
}
