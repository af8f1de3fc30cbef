// Monitors of functions of strings: they label a string by what another monitor says about the result of the function,
// so that conditions on results distinguish the operands.

import type { BuiltinName } from '@nhipol/language/types';
import type { Monitor } from './monitors.ts';

/** Labels strings by the one of several constants that they are equal to. */
export function createConstantsMonitor(constants: Iterable<string>): Monitor {
  const wanted = [...constants].sort();
  const states = new States();
  const labels = new Map(wanted.map((each, index) => [each, index + 1]));
  const prefixes = new Set(wanted.flatMap((each) => listPrefixes(each)));
  const letters = new Set(
    wanted.flatMap((each) => [...each].map((one) => one.codePointAt(0) ?? 0)),
  );
  const failed = states.of('', 1);
  return {
    cuts: [...letters].flatMap((letter) => [letter, letter + 1]),
    start: states.of('', 0),
    next: (state, codePoint) => {
      if (state === failed) return failed;
      const text = states.text(state) + String.fromCodePoint(codePoint);
      return prefixes.has(text) ? states.of(text, 0) : failed;
    },
    label: (state) => (state === failed ? 0 : (labels.get(states.text(state)) ?? 0)),
  };
}

function listPrefixes(text: string): readonly string[] {
  const characters = [...text];
  return characters.map((_, index) => characters.slice(0, index + 1).join(''));
}

/** The string in lower case. */
export function lowerPreimage(inner: Monitor): Monitor {
  const isLower = (cut: number) => cut >= smallA && cut <= smallZ + 1;
  const { classOf } = inner;
  return {
    classOf: classOf && ((codePoint) => classOf(lowerLetter(codePoint))),
    cuts: [
      ...inner.cuts,
      ...inner.cuts.filter(isLower).map((cut) => cut - shift),
      smallA - shift,
      smallZ + 1 - shift,
      smallA,
      smallZ + 1,
    ],
    start: inner.start,
    next: (state, codePoint) => inner.next(state, lowerLetter(codePoint)),
    label: inner.label,
  };
}

const [smallA, smallZ, shift] = [0x61, 0x7a, 0x20];

function lowerLetter(codePoint: number): number {
  const isUpper = codePoint >= smallA - shift && codePoint <= smallZ - shift;
  return isUpper ? codePoint + shift : codePoint;
}

/** The string between two constants. */
export function createAffixedPreimage(inner: Monitor, before: string, after: string): Monitor {
  const run = (from: number, text: string) =>
    [...text].reduce((state, each) => inner.next(state, each.codePointAt(0) ?? 0), from);
  return {
    ...inner,
    start: run(inner.start, before),
    label: (state) => inner.label(run(state, after)),
  };
}

const scheme = 'spiffe://'.length;
const slash = 0x2f;

/** The trust domain of a valid SPIFFE ID. */
export function trustDomainPreimage(inner: Monitor): Monitor {
  return buildPartPreimage(inner, (phase, codePoint) => (codePoint === slash ? 'end' : phase));
}

/** The path of a valid SPIFFE ID. */
export function buildPathPreimage(inner: Monitor): Monitor {
  return buildPartPreimage(inner, (_, codePoint) => (codePoint === slash ? 'path' : 'skip'));
}

const preimages: Partial<Record<BuiltinName, (inner: Monitor) => Monitor>> = {
  lower: lowerPreimage,
  trust_domain: trustDomainPreimage,
  path: buildPathPreimage,
};

/** Returns how a test of the result of a function is one of its operand, or `undefined` if the function has no preimages of this kind. */
export function findFunctionPreimage(name: BuiltinName): ((inner: Monitor) => Monitor) | undefined {
  return preimages[name];
}

type Part = 'read' | 'skip' | 'path' | 'end';

/** Reads a part of what follows the scheme; `begin` says what a code point outside of a path begins. */
function buildPartPreimage(
  inner: Monitor,
  begin: (phase: 'read', codePoint: number) => Part,
): Monitor {
  const states = new States();
  const at = (phase: string, state: number) => states.of(phase, state);
  const { classOf } = inner;
  return {
    classOf: classOf && ((codePoint) => (codePoint === slash ? -1 : classOf(codePoint))),
    cuts: [...inner.cuts, slash, slash + 1],
    start: at('scheme', 0),
    next: (state, codePoint) => {
      const [phase, own] = [states.text(state), states.number(state)];
      if (phase === 'scheme')
        return own + 1 < scheme ? at('scheme', own + 1) : at('read', inner.start);
      if (phase === 'end') return state;
      const part = phase === 'path' ? 'path' : begin('read', codePoint);
      if (part === 'end') return at('end', own);
      return part === 'skip' ? state : at(part, inner.next(own, codePoint));
    },
    label: (state) => (states.text(state) === 'scheme' ? 0 : inner.label(states.number(state))),
  };
}

/** Numbers states that consist of a text and a number. */
class States {
  readonly #numbers = new Map<string, number>();
  readonly #states: { readonly text: string; readonly number: number }[] = [];

  of(text: string, number: number): number {
    const key = `${number} ${text}`;
    const existingNumber = this.#numbers.get(key);
    if (existingNumber !== undefined) return existingNumber;
    const made = this.#states.push({ text, number }) - 1;
    this.#numbers.set(key, made);
    return made;
  }

  text(state: number): string {
    return this.#states[state]?.text ?? '';
  }

  number(state: number): number {
    return this.#states[state]?.number ?? 0;
  }
}
