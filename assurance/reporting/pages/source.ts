// Source text on a page.

/** A block of source code. */
export interface SourceBlock {
  readonly kind: 'source';
  readonly language: 'nhipol' | 'json';
  readonly text: string;
}

export function createSourceBlock(
  text: string,
  language: SourceBlock['language'] = 'nhipol',
): SourceBlock {
  return { kind: 'source', language, text };
}
