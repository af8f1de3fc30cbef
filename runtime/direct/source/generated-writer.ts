// Makes the writer of a module's encoding by running its generated source. Nothing of a module reaches this code but
// names and values that are written as JSON, and numbers that were checked. Returns `undefined` if the host does not run
// code from strings, or the encoding is too large for code.

import type { Encoding } from '../../contract/index.ts';
import type { Bindings } from '../writer.ts';
import { emitWriter } from './writer-source.ts';

type MakeWriter = NonNullable<Bindings['makeWriter']>;

/** The encoding of a policy with a thousand members has about 100,000 characters as JSON. */
const maxEncodingLength = 262_144;

/** All instances of a policy share one function. `null`: there is none. */
const made = new WeakMap<Encoding, MakeWriter | null>();

export function generateWriter(encoding: Encoding): MakeWriter | undefined {
  let makeWriter = made.get(encoding);
  if (makeWriter === undefined) {
    makeWriter = runSource(encoding);
    made.set(encoding, makeWriter);
  }
  return makeWriter ?? undefined;
}

function runSource(encoding: Encoding): MakeWriter | null {
  try {
    if (JSON.stringify(encoding).length > maxEncodingLength) return null;
    return new Function(`'use strict';\n${emitWriter(encoding)}\nreturn makeWriter;`)();
  } catch {
    // An `EvalError` where the host forbids it, or a `SyntaxError` for a module that nhipol did not compile.
    return null;
  }
}

declare const WorkerGlobalScope: unknown;

/** Whether the host runs code from strings or throws. A browser may also report it, by the security policy of a page. */
export function isCodeExpected(): boolean {
  return typeof document === 'undefined' && typeof WorkerGlobalScope === 'undefined';
}
