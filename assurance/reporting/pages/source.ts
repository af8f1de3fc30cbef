// Source text on a page.

/** A block of source code. */
export interface Source {
  readonly kind: 'source';
  readonly language: 'nhipol' | 'json';
  readonly text: string;
}

export function source(text: string, language: Source['language'] = 'nhipol'): Source {
  return { kind: 'source', language, text };
}
