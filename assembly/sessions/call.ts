// The call of a session: the canonical forms that its digest covers (see digest/call-forms.ts), after everything else
// in its block, as the length of each and then their bytes. Only sessions of a policy that declares the call digest
// have them.

import {
  changeForms, forgetForms, Form, formOf, FORMS, readForms, readStoredForms, setForm,
} from '../digest/call-forms';
import { keepDigest, placeDigestOfForms } from '../policy/call-digest';
import { CALL_ACTION, CALL_SUBJECT, DIGEST_CELL } from '../policy/layout';
import { partsSeen, replaced, skipped } from '../policy/object-reader';
import { Part, Root } from '../reading/roots';
import { putByte, putBytes } from '../writing/text-writer';
import { TEXT_CALL, TEXT_CALL_RESOURCE, TEXT_NULL } from './layout';
import { idAt } from './history/recall';
import { bytesFromId } from './facts/save';

const LENGTHS: usize = 4 * FORMS;
/** In a length: the form is not known any more. */
const OUTDATED: u32 = 0x80000000;
const PARTS: i32 = Part.SUBJECT | Part.ACTION | Part.RESOURCE;

/** Whether a change that was read can change the call. */
// @ts-ignore: decorator
@inline
export function changesCall(): bool {
  return (partsSeen & PARTS) != 0;
}

/** Reads the call of the request that opens a session. */
export function openCall(): void {
  if (DIGEST_CELL != 0) {
    readForms();
    placeDigestOfForms();
  }
}

/** Reads the call of a restored session, which is an object at `p`; 0: it has none. */
export function restoreCall(p: usize): void {
  if (DIGEST_CELL != 0) {
    if (p == 0) forgetForms();
    else readStoredForms(p);
    placeDigestOfForms();
  }
}

/** Changes the call of the recalled session by a partial request; `digest`: that of the session before. */
export function changeCall(digest: usize): void {
  if (DIGEST_CELL != 0) {
    loadCall();
    if (changesCall()) {
      changeForms(replaced, skipped);
      placeDigestOfForms();
    } else keepDigest(digest);
  }
}

/** The parts of a change for which there was no room are not known until they are given as a whole. */
export function outdateCall(): void {
  if (DIGEST_CELL != 0) {
    const lengths = storedCall();
    for (let root = 0; root < FORMS; root += 1) {
      const length = lengths + (<usize>root << 2);
      if ((partsSeen >> root) & 1) store<u32>(length, load<u32>(length) | OUTDATED);
    }
  }
}

/** Where the recalled session stores its call. */
function storedCall(): usize {
  return idAt + bytesFromId(idAt);
}

function loadCall(): void {
  const lengths = storedCall();
  let from = lengths + LENGTHS;
  for (let root = 0; root < FORMS; root += 1) {
    const stored = load<u32>(lengths + (<usize>root << 2));
    const length = stored & ~OUTDATED;
    setForm(root, from, stored == length ? length : 0);
    from += length;
  }
}

/** The bytes that the call takes in a block. */
export function bytesOfCall(): usize {
  if (DIGEST_CELL == 0) return 0;
  let bytes = LENGTHS;
  for (let root = 0; root < FORMS; root += 1) bytes += load<u32>(formOf(root), offsetof<Form>('length'));
  return bytes;
}

export function saveCall(to: usize): void {
  if (DIGEST_CELL != 0) {
    let bytes = to + LENGTHS;
    for (let root = 0; root < FORMS; root += 1) {
      const form = formOf(root);
      const length = load<u32>(form, offsetof<Form>('length'));
      store<u32>(to + (<usize>root << 2), length);
      memory.copy(bytes, load<u32>(form, offsetof<Form>('pointer')), length);
      bytes += length;
    }
  }
}

/** Writes the call of the recalled session as a member of its JSON. */
export function putCall(): void {
  if (DIGEST_CELL != 0) {
    loadCall();
    putBytes(<u32>TEXT_CALL, <usize>(TEXT_CALL >> 32));
    putForm(CALL_ACTION, Root.ACTION);
    putForm(TEXT_CALL_RESOURCE, Root.RESOURCE);
    putForm(CALL_SUBJECT, Root.SUBJECT);
    putByte(0x7d);
  }
}

function putForm(before: u64, root: i32): void {
  const form = formOf(root);
  const length = load<i32>(form, offsetof<Form>('length'));
  putBytes(<u32>before, <usize>(before >> 32));
  if (length == 0) putBytes(<u32>TEXT_NULL, <usize>(TEXT_NULL >> 32));
  else putBytes(load<u32>(form, offsetof<Form>('pointer')), length);
}
