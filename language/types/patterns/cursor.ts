// Reads the text of a pattern code point by code point; offsets refer to the text.

export class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** Returns the next character, or '' at the end. */
  peek(): string {
    const codePoint = this.text.codePointAt(this.at);
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
  }

  hasNext(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  take(): string {
    const character = this.peek();
    this.at += character.length;
    return character;
  }

  /** Skips the text if it is next; returns whether it was. */
  skip(text: string): boolean {
    if (!this.hasNext(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Reads the match of a sticky expression. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }
}

export function readCodePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
