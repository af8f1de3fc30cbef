// Matches a text with the nondeterministic automaton: follows all paths at once, code point by code point,
// in time proportional to the length of the text and the size of the pattern. This defines the meaning of
// patterns.

import { has } from '../unicode/code-points.ts';
import { type Nfa, pass, reach } from './nfa.ts';

/** Whether the automaton accepts a text; calls `step` for each test of a node against a code point. */
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
