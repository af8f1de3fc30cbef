// Whether a text matches: all ways through the automaton at once, one code point after the other, in
// time that grows with the text and with the pattern, and no faster. This defines what matching means.

import { has } from './code-points.ts';
import { type Nfa, pass, reach } from './nfa.ts';

/** `step` hears of each node that is asked whether it takes a code point. */
export function accepts(nfa: Nfa, text: string, step?: () => void): boolean {
  const { nodes, places } = nfa;
  let reached = reach(nfa, [nfa.start]);
  let before = places.start;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const reading = pass(nfa, reached, before, places.ahead(codePoint));
    const next = reading.flatMap((at) => {
      const node = nodes[at];
      if (node?.kind !== 'set') return [];
      step?.();
      return has(node.codePoints, codePoint) ? [node.to] : [];
    });
    reached = reach(nfa, next);
    before = places.after(before, codePoint);
  }
  return pass(nfa, reached, before, places.ahead(undefined)).some(
    (at) => nodes[at]?.kind === 'end',
  );
}
