// Shows characters that are invisible, or that change the direction of text, as `\u{…}` everywhere on the page: names and
// messages come from the identities that a person watches here.

import { formatTerminalText } from '@nhipol/language/support';
import { options, type VNode } from 'preact';

/** Preact calls the hook with each node before it is shown; a text has no type. */
export function showHiddenCharacters(): void {
  const others = options.vnode;
  options.vnode = (node) => {
    makeVisible(node);
    others?.(node);
  };
}

function makeVisible(node: VNode): void {
  const text = node as unknown as { type: unknown; props: unknown };
  if (text.type === null && typeof text.props === 'string') text.props = toVisibleText(text.props);
  const { title } = (node.props ?? {}) as { title?: unknown };
  if (typeof title === 'string') Object.assign(node.props, { title: toVisibleText(title) });
}

export function toVisibleText(text: string): string {
  return formatTerminalText(text, false);
}
