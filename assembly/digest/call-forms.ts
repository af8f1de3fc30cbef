// The parts of a call that its digest covers, as canonical JSON: action, resource, and the identity of the subject.
// They are in the memory of the call, or where a session stores them, until the next call.

import { mark, tryAllocate } from '../memory/arena';
import { equalBytes } from '../memory/bytes';
import { skipSpace } from '../reading/json';
import { INPUT, INPUT_LIMIT } from '../layout';
import { Part, Root } from '../reading/roots';
import {
  beginForm, endOfValue, formEnd, putByte, putText, putValue, putWord, setFormEnd,
} from './canonical-json';
import { beginHash, endHash, hashBytes } from './sha256';

/** The number of parts, which are numbered as in `Root`. */
export const FORMS: i32 = 3;

/** The form of a part. */
@unmanaged
export class Form {
  pointer!: u32;
  /** 0: the part is missing, has no form, or is not known. */
  length!: u32;
}

const forms: usize = memory.data(24, 8);

export function formOf(root: i32): usize {
  return forms + <usize>root * offsetof<Form>();
}

export function setForm(root: i32, pointer: usize, length: usize): void {
  store<u32>(formOf(root), <u32>pointer, offsetof<Form>('pointer'));
  store<u32>(formOf(root), <u32>length, offsetof<Form>('length'));
}

export function forgetForms(): void {
  memory.fill(forms, 0, <usize>FORMS * offsetof<Form>());
}

// --- members ---------------------------------------------------------------------------------------

/** The members that the digest covers, as bits: the parts, and within them. */
namespace Member {
  export const PARTS: i32 = Part.SUBJECT | Part.ACTION | Part.RESOURCE;
  export const ID: i32 = 8;
  export const TYPE: i32 = 16;
  export const PROPERTIES: i32 = 32;
  export const PRINCIPAL: i32 = 64;
}

const MEMBERS: usize = 7;
/** The addresses of their values; 0: absent. */
const found: usize = memory.data(28, 4);

function getMemberValue(member: i32): usize {
  return load<u32>(found + (<usize>ctz(member) << 2));
}

/** The bit of the member whose name is at `name` in its canonical form; 0: another name. */
function memberNamed(name: usize, length: usize): i32 {
  // The names in quotes, in the order of the bits, each after the number of its bytes.
  const names: usize = memory.data<u8>([
    // subject
    9, 0x22, 0x73, 0x75, 0x62, 0x6a, 0x65, 0x63, 0x74, 0x22,
    // action
    8, 0x22, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x22,
    // resource
    10, 0x22, 0x72, 0x65, 0x73, 0x6f, 0x75, 0x72, 0x63, 0x65, 0x22,
    // id
    4, 0x22, 0x69, 0x64, 0x22,
    // type
    6, 0x22, 0x74, 0x79, 0x70, 0x65, 0x22,
    // properties
    12, 0x22, 0x70, 0x72, 0x6f, 0x70, 0x65, 0x72, 0x74, 0x69, 0x65, 0x73, 0x22,
    // on_behalf_of
    14, 0x22, 0x6f, 0x6e, 0x5f, 0x62, 0x65, 0x68, 0x61, 0x6c, 0x66, 0x5f, 0x6f, 0x66, 0x22,
  ]);
  let row = names;
  for (let at: usize = 0; at < MEMBERS; at += 1) {
    const bytes = <usize>load<u8>(row);
    if (bytes == length && equalBytes(name, row + 1, <i32>bytes)) return 1 << at;
    row += 1 + bytes;
  }
  return 0;
}

/**
 * Finds some members of the object at `p`. Returns false if one of them occurs twice. It writes names where the form
 * continues.
 */
function findMembers(p: usize, wanted: i32): bool {
  for (let at: usize = 0; at < MEMBERS; at += 1) {
    if ((wanted >> at) & 1) store<u32>(found + (at << 2), 0);
  }
  p = skipSpace(p + 1);
  if (load<u8>(p) == 0x7d) return true;
  let missing = wanted;
  while (true) {
    const name = formEnd();
    p = putText(p + 1);
    if (p == 0) return false;
    const member = memberNamed(name, formEnd() - name) & wanted;
    setFormEnd(name);
    p = skipSpace(skipSpace(p) + 1);
    if (member != 0) {
      if (!(missing & member)) return false;
      missing &= ~member;
      store<u32>(found + (<usize>ctz(member) << 2), <u32>p);
      // No part occurs twice in a document that was read.
      if (missing == 0 && wanted == Member.PARTS) return true;
    }
    p = skipSpace(endOfValue(p));
    if (load<u8>(p) == 0x7d) return true;
    p = skipSpace(p + 1);
  }
}

function isObject(p: usize): bool {
  return load<u8>(p) == 0x7b;
}

function isText(p: usize): bool {
  return p != 0 && load<u8>(p) == 0x22;
}

/** A form is not longer than a request may be. Only numbers take more bytes in it than in a request. */
function isTooLong(start: usize): bool {
  return formEnd() - start > <usize>INPUT_LIMIT;
}

// --- the subject -----------------------------------------------------------------------------------

/** The values that identify the subject; 0: absent. */
let subjectId: usize = 0;
let subjectType: usize = 0;
let principal: usize = 0;
let hasNullProperties: bool = false;

/** Finds these values; returns false if the subject cannot be identified. */
function findIdentity(p: usize): bool {
  if (!isObject(p) || !findMembers(p, Member.ID | Member.TYPE | Member.PROPERTIES)) return false;
  subjectId = getMemberValue(Member.ID);
  subjectType = getMemberValue(Member.TYPE);
  principal = 0;
  const properties = getMemberValue(Member.PROPERTIES);
  hasNullProperties = properties != 0 && load<u8>(properties) == 0x6e;
  if (properties == 0 || hasNullProperties) return true;
  if (!isObject(properties) || !findMembers(properties, Member.PRINCIPAL)) return false;
  principal = getMemberValue(Member.PRINCIPAL);
  return true;
}

/** Writes `{"id":…,"on_behalf_of":…,"type":…}`. */
function putIdentity(): bool {
  if (!isText(subjectId) || !isText(subjectType)) return false;
  putWord(0x3a226469227b, 6);
  if (putText(subjectId + 1) == 0) return false;
  if (principal != 0 && load<u8>(principal) != 0x6e) {
    putWord(0x6865625f6e6f222c, 8);
    putWord(0x3a22666f5f666c61, 8);
    const start = formEnd();
    if (putValue(principal) == 0 || isTooLong(start) || !reducePrincipal(start)) return false;
  }
  putWord(0x3a2265707974222c, 8);
  if (putText(subjectType + 1) == 0) return false;
  putByte(0x7d);
  return true;
}

/** Reduces the form of a principal with an ID to its ID and type. */
function reducePrincipal(start: usize): bool {
  if (!isObject(start)) return true;
  if (!findMembers(start, Member.ID | Member.TYPE)) return false;
  const id = getMemberValue(Member.ID);
  const type = getMemberValue(Member.TYPE);
  if (id == 0 || load<u8>(id) == 0x6e) return true;
  setFormEnd(start + 1);
  moveMember(id - 5, endOfValue(id));
  if (type != 0) {
    // It follows the ID, so nothing of it has been overwritten.
    putByte(0x2c);
    moveMember(type - 7, endOfValue(type));
  }
  putByte(0x7d);
  return true;
}

/** Moves a member of the form to its end, which precedes the member. */
function moveMember(from: usize, to: usize): void {
  const end = formEnd();
  memory.copy(end, from, to - from);
  setFormEnd(end + (to - from));
}

// --- forms -----------------------------------------------------------------------------------------

/** Stores what was written from `start` on as the form of a part. */
function storeForm(root: i32, start: usize, hasForm: bool): void {
  const length = formEnd() - start;
  if (!hasForm || isTooLong(start)) setForm(root, 0, 0);
  else setForm(root, tryAllocate(length), length);
}

/** Reads an action or a resource, or a value that is a form already. */
export function readForm(root: i32, p: usize): void {
  const start = mark();
  beginForm(start);
  storeForm(root, start, putValue(p) != 0);
}

function readIdentity(p: usize): void {
  const start = mark();
  beginForm(start);
  storeForm(Root.SUBJECT, start, findIdentity(p) && putIdentity());
}

/** Finds the parts of the object at `p`; returns false if it is not an object. */
function findParts(p: usize): bool {
  beginForm(mark());
  return isObject(p) && findMembers(p, Member.PARTS);
}

/** Reads the parts of the request. */
export function readForms(): void {
  forgetForms();
  changeForms(Member.PARTS, 0);
}

/**
 * Reads the parts of a partial request; `replaced` has a bit for each part that it contains as a whole, `skipped` for
 * each that is ignored.
 */
export function changeForms(replaced: i32, skipped: i32): void {
  if (!findParts(skipSpace(INPUT))) return forgetForms();
  const subject = getMemberValue(Part.SUBJECT);
  changeForm(Root.ACTION, replaced);
  changeForm(Root.RESOURCE, replaced);
  if (subject == 0 || (skipped & Part.SUBJECT)) return;
  if (replaced & Part.SUBJECT) readIdentity(subject);
  else changeIdentity(subject);
}

function changeForm(root: i32, replaced: i32): void {
  const value = getMemberValue(1 << root);
  if (value == 0) return;
  if ((replaced >> root) & 1) readForm(root, value);
  else setForm(root, 0, 0);
}

/**
 * Reads a part of a subject: it leaves the identity as it is, or contains all of it. Otherwise the identity is not
 * known, because the rest of it is not merged.
 */
function changeIdentity(p: usize): void {
  const start = mark();
  beginForm(start);
  const isFound = findIdentity(p);
  if (isFound && subjectId == 0 && subjectType == 0 && principal == 0 && !hasNullProperties) return;
  storeForm(Root.SUBJECT, start, isFound && isWholePrincipal() && putIdentity());
}

/** Whether the principal of a partial subject does not depend on the one before. */
function isWholePrincipal(): bool {
  if (principal == 0) return hasNullProperties;
  if (!isObject(principal)) return true;
  return findMembers(principal, Member.ID | Member.TYPE) && isText(getMemberValue(Member.ID)) && isText(getMemberValue(Member.TYPE));
}

/** Reads forms that a module wrote: an object with the parts, or null instead of one that is not known. */
export function readStoredForms(p: usize): void {
  forgetForms();
  if (!findParts(p)) return;
  for (let root = 0; root < FORMS; root += 1) {
    const value = getMemberValue(1 << root);
    if (value != 0 && isObject(value)) readForm(root, value);
  }
}

// --- the digest ------------------------------------------------------------------------------------

/**
 * Writes the digest of the call with these forms. The texts around them have their lengths in the upper halves; that
 * before the resource has the name of the policy. Returns false if a part has no form.
 */
export function writeDigest(to: usize, beforeAction: u64, beforeResource: u64, beforeSubject: u64): bool {
  for (let root = 0; root < FORMS; root += 1) {
    if (load<u32>(formOf(root), offsetof<Form>('length')) == 0) return false;
  }
  beginHash();
  hashPart(beforeAction, Root.ACTION);
  hashPart(beforeResource, Root.RESOURCE);
  hashPart(beforeSubject, Root.SUBJECT);
  const start = formOf(0);
  // A brace, like the last one of the subject.
  hashBytes(
    load<u32>(start, offsetof<Form>('pointer')) + load<u32>(start, offsetof<Form>('length')) - 1, 1,
  );
  // `sha-256:`
  store<u64>(to, 0x3a3635322d616873);
  endHash(to + 8);
  return true;
}

function hashPart(before: u64, root: i32): void {
  const form = formOf(root);
  hashBytes(<u32>before, <usize>(before >> 32));
  hashBytes(load<u32>(form, offsetof<Form>('pointer')), load<u32>(form, offsetof<Form>('length')));
}
