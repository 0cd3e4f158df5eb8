/**
 * Syntax of CEL (https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax), as much as a check needs: is the text
 * an expression? Nothing is evaluated and no name is looked up, as in istiod's validateTelemetryFilter.
 */
const tokens: [kind: string, pattern: RegExp][] = [
  ['space', /(?:\s+|\/\/[^\n]*)/y],
  ['string', /(?:[rR][bB]?|[bB][rR]?)?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/y],
  ['number', /(?:0x[0-9a-fA-F]+u?|\d+\.\d+(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?)/y],
  ['name', /[_a-zA-Z][_a-zA-Z0-9]*/y],
  ['mark', /(?:&&|\|\||==|!=|<=|>=|[<>+\-*/%!?:.,()[\]{}])/y],
];
const binary = new Set(['||', '&&', '==', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '%', 'in']);
const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

interface Token {
  kind: string;
  text: string;
  at: number;
}

/** cel-go's default limit of an expression's size. */
const maxLength = 100_000;

/** What is wrong with the text; undefined when it is a CEL expression. */
export function celError(text: string): string | undefined {
  if (text.length > maxLength) return `expression code point size exceeds limit: ${text.length} > ${maxLength}`;
  try {
    const reader = new Reader(tokenize(text));
    reader.expression();
    reader.end();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function tokenize(text: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const match = tokens.flatMap(([kind, pattern]) => {
      pattern.lastIndex = at;
      const hit = pattern.exec(text)?.[0];
      return hit ? [{ kind, text: hit, at }] : [];
    })[0];
    if (!match) throw new SyntaxError(`syntax error at ${at + 1}: token recognition error at ${text.charAt(at)}`);
    if (match.kind !== 'space') found.push(match);
    at += match.text.length;
  }
  return found;
}

/** Deeper nesting is refused (cel-go's default recursion limit). */
const maxDepth = 250;

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  end(): void {
    if (this.#peek()) this.#wrong();
  }

  /** Binary operators all take operands on both sides, so their precedence does not matter to the syntax. */
  expression(): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new SyntaxError(`expression recursion limit exceeded: ${maxDepth}`);
    this.#operand();
    while (binary.has(this.#peek()?.text ?? '')) {
      this.#next += 1;
      this.#operand();
    }
    if (this.#take('?')) {
      this.expression();
      this.#need(':');
      this.expression();
    }
    this.#depth -= 1;
  }

  #operand(): void {
    while (this.#take('!') || this.#take('-'));
    this.#primary();
    for (;;) {
      if (this.#take('.')) {
        this.#take('?');
        this.#name();
        if (this.#take('(')) this.#list(')');
      } else if (this.#take('[')) {
        this.#take('?');
        this.expression();
        this.#need(']');
      } else if (this.#take('{')) this.#entries();
      else return;
    }
  }

  #primary(): void {
    const token = this.#peek();
    if (token?.kind === 'string' || token?.kind === 'number') this.#next += 1;
    else if (this.#take('(')) {
      this.expression();
      this.#need(')');
    } else if (this.#take('[')) this.#list(']');
    else if (this.#take('{')) this.#entries();
    else {
      this.#take('.');
      this.#name();
      if (this.#take('(')) this.#list(')');
    }
  }

  #list(close: string): void {
    while (!this.#take(close)) {
      this.expression();
      if (this.#take(',')) continue;
      this.#need(close);
      return;
    }
  }

  #entries(): void {
    while (!this.#take('}')) {
      this.#take('?');
      this.expression();
      this.#need(':');
      this.expression();
      if (this.#take(',')) continue;
      this.#need('}');
      return;
    }
  }

  #name(): void {
    const token = this.#peek();
    if (token?.kind !== 'name' || token.text === 'in' || reserved.has(token.text)) this.#wrong();
    this.#next += 1;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token?.text !== text || token.kind === 'string') return false;
    this.#next += 1;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#wrong();
  }

  #wrong(): never {
    const token = this.#peek();
    throw new SyntaxError(
      token
        ? `syntax error at ${token.at + 1}: unexpected ${token.text}`
        : 'syntax error: unexpected end of expression',
    );
  }
}
