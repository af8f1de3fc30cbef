// Comments and blank lines, woven into a layout. Comes in: a layout of the words of a text, in their
// order, and the text. Goes out: the same layout with each comment between the words between which
// it stood: beside the first where it stood beside it, else in lines of its own. The layout may
// leave out commas, needless parentheses and braces with nothing in them; that it lacks any other
// word is a bug, so that no comment gets lost unnoticed.

import { invariant } from '../../support/invariant.ts';
import { breakParent, closerOf, type Doc, hardline, indent, lineSuffix } from '../print/docs.ts';
import type { Comment, SourceWords } from './source-words.ts';

export function weave(layout: Doc, source: SourceWords): Doc {
  const weaver = new Weaver(source);
  const woven = weaver.weave(layout);
  weaver.finish();
  return woven;
}

/** Where what stands between two words goes. */
interface Place {
  /** What the layout has there, or what is woven in instead. */
  readonly parts: Doc[];
  readonly kind: 'blank' | 'line' | 'between';
}

class Weaver {
  readonly #source: SourceWords;
  /** The index of the next word that the layout has not come to. */
  #next = 0;
  /** How many gaps between words were read. */
  #read = 0;
  /** What the gaps hold that were read since the last word of the layout. */
  #comments: Comment[] = [];
  #blankAfter = false;
  /** The last word of the layout, and the last place since. */
  #last: string | undefined;
  #place: Place | undefined;

  constructor(source: SourceWords) {
    this.#source = source;
  }

  finish(): void {
    const rest = this.#nextText();
    invariant(rest === undefined, `\`${rest}\` in the text and not in its layout`);
  }

  weave(doc: Doc): Doc {
    if (typeof doc === 'string') return this.#leaf(doc);
    if (Array.isArray(doc)) return doc.map((part) => this.weave(part));
    switch (doc.type) {
      case 'line':
        return this.#placeOf(doc, 'line');
      case 'label': {
        const closer = closerOf(doc.label);
        return closer === undefined ? this.#placeOf(doc.contents, 'between') : this.#end(closer);
      }
      case 'fill':
        return { ...doc, parts: doc.parts.map((part) => this.weave(part)) };
      case 'group':
      case 'indent':
        return { ...doc, contents: this.weave(doc.contents) };
      default:
        return doc;
    }
  }

  #placeOf(doc: Doc, kind: Place['kind']): Doc {
    this.#place = { parts: [doc], kind };
    return this.#place.parts;
  }

  #leaf(text: string): Doc {
    if (text.includes('"') || text === this.#alias()) return this.#word(text);
    return text.split(/( )/).map((part) => {
      if (part === ' ') return this.#placeOf(part, 'blank');
      return part === '' || part === ',' ? part : this.#word(part);
    });
  }

  #word(text: string): Doc {
    if (!this.#find(text)) return text;
    const before = this.#flush();
    this.#take(text);
    this.#last = text;
    this.#place = undefined;
    return before.length === 0 ? text : [...before, text];
  }

  #nextText(): string | undefined {
    return this.#source.words[this.#next]?.text;
  }

  /** What the layout calls the next word, where that is not as it is written. */
  #alias(): string | undefined {
    const text = this.#nextText();
    return text === '==' ? 'is' : text === '!=' ? 'is not' : undefined;
  }

  /** Goes on to a word; false for a parenthesis that only the layout has. */
  #find(text: string): boolean {
    for (;;) {
      const next = this.#nextText();
      if (next !== undefined && (text.startsWith(next) || text === this.#alias())) break;
      if ((text === '(' || text === ')') && next !== ',') return false;
      invariant(this.#skip(), `\`${next}\` in the text, and \`${text}\` in its layout`);
    }
    this.#readGap();
    return true;
  }

  /** Passes over a word that a layout may lack. */
  #skip(): boolean {
    const words = this.#source.words.slice(this.#next, this.#next + 3).map(({ text }) => text);
    const [first = ''] = words;
    const behind = first === 'to' || first === 'with' ? 1 : 0;
    const isNothing = words[behind] === '{' && words[behind + 1] === '}';
    const count = isNothing ? behind + 2 : [',', '(', ')'].includes(first) ? 1 : 0;
    this.#next += count;
    return count > 0;
  }

  /** Passes over the words that one of the layout is written as. */
  #take(text: string): void {
    let rest = text === this.#alias() ? (this.#nextText() ?? '') : text;
    while (rest !== '') {
      const next = this.#nextText();
      invariant(next !== undefined && rest.startsWith(next), `\`${text}\` is not in the text`);
      rest = rest.slice(next.length);
      this.#next += 1;
    }
  }

  /** Up to the next word. */
  #readGap(): void {
    for (; this.#read <= this.#next; this.#read += 1) {
      const { comments, blankAfter } = this.#source.gapBefore(this.#read);
      for (const comment of comments) {
        this.#comments.push({ ...comment, blank: comment.blank || this.#blankAfter });
        this.#blankAfter = false;
      }
      this.#blankAfter ||= blankAfter;
    }
  }

  /** Before a word: what goes into the place before it, or else directly before it. */
  #flush(): readonly Doc[] {
    const place = this.#place;
    const hasComments = this.#comments.length > 0;
    const keepsBlanks = place?.kind === 'between' || this.#last === undefined;
    const isApart = this.#blankAfter && keepsBlanks && (hasComments || !this.#isOpening());
    const woven = [...this.#lines(keepsBlanks), isApart ? hardline : '', hardline];
    if (!hasComments) {
      if (isApart && place) place.parts.splice(0, 1, ...woven);
      return [];
    }
    if (this.#last === undefined) return woven;
    if (place === undefined) return [indent(woven)];
    place.parts.splice(0, 1, ...(place.kind === 'blank' ? [indent(woven)] : woven));
    return [];
  }

  /** What goes below the last of what is in brackets. */
  #end(closer: string): Doc {
    while (this.#nextText() !== (closer === '' ? undefined : closer)) {
      // The bracket is a parenthesis that only the layout has.
      if (!this.#skip()) return '';
    }
    this.#readGap();
    return [...this.#lines(true)];
  }

  /** The comments, each with the line's end before it. */
  #lines(keepsBlanks: boolean): readonly Doc[] {
    const lines = this.#comments.map(({ text, isBeside, blank }, index): Doc => {
      const isFirst = index === 0;
      if (isFirst && this.#last === undefined) return text;
      if (isFirst && isBeside) return [lineSuffix(` ${text}`), breakParent];
      const isApart = keepsBlanks && blank && !(isFirst && this.#isOpening());
      return [isApart ? hardline : '', hardline, text];
    });
    this.#comments = [];
    this.#blankAfter = false;
    return lines;
  }

  #isOpening(): boolean {
    return this.#last === undefined || ['{', '(', '['].includes(this.#last);
  }
}
