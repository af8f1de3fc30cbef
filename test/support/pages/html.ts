// Parses HTML pages as a browser does: returns their elements in order, and syntax errors.

import { type DefaultTreeAdapterTypes, type ParserError, parse } from 'parse5';
import { expect } from 'vitest';

export type Element = DefaultTreeAdapterTypes.Element;

export function parseElements(text: string): { elements: Element[]; errors: ParserError[] } {
  const errors: ParserError[] = [];
  const document = parse(text, { onParseError: (error) => errors.push(error) });
  const elements: Element[] = [];
  const open: DefaultTreeAdapterTypes.Node[] = [...document.childNodes];
  for (let node = open.shift(); node !== undefined; node = open.shift()) {
    if ('tagName' in node) elements.push(node);
    if ('childNodes' in node) open.unshift(...node.childNodes);
  }
  return { elements, errors };
}

export function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((each) => each.name === name)?.value;
}

/** Expects that pages run no code, load nothing, and link nowhere else. */
export function expectAlone(elements: readonly Element[]): void {
  const tags = new Set(elements.map(({ tagName }) => tagName));
  for (const foreign of ['script', 'link', 'img', 'iframe', 'object', 'base', 'form'])
    expect(tags).not.toContain(foreign);
  for (const element of elements) {
    const names = element.attrs.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('on') || name === 'src')).toEqual([]);
    expect(attribute(element, 'href') ?? '#').toMatch(/^#/);
  }
}
