// The query with which a session evaluates another request than its own, and the parts of requests that a session knows.
// Takes and returns JSON.

import { changeRequest, type Json, type JsonMember, parseJson, writeJson } from '@nhipol/language';

const nothing: Json = { kind: 'null', offset: 0 };

/**
 * The action and the resource of a request, and the changes of the context (RFC 7396). `undefined` if the request is
 * not one of this session, because it has another subject.
 */
export function createSessionQuery(own: string, request: string): string | undefined {
  const [before, after] = [parseJson(own), parseJson(request)];
  const subject = getMember(after, 'subject');
  if (subject === undefined || !isSame(getMember(before, 'subject'), subject)) return undefined;
  const members = [
    createMember('action', getMember(after, 'action') ?? nothing),
    createMember('resource', getMember(after, 'resource') ?? nothing),
    createMember('context', createPatch(getMember(before, 'context'), getMember(after, 'context'))),
  ];
  return writeJson({ kind: 'object', offset: 0, close: 0, members });
}

/** A request with the action and the resource of another one, or `undefined` without them. */
export function replaceCall(request: string, other: string | undefined): string {
  const call = other === undefined ? undefined : parseJson(other);
  const changes = ['action', 'resource'].map((root) => {
    const part = getMember(call, root);
    return { path: [root], json: part && writeJson(part) };
  });
  return changeRequest(request, changes);
}

function createPatch(before: Json | undefined, after: Json | undefined): Json {
  if (after === undefined) return nothing;
  if (before?.kind !== 'object' || after.kind !== 'object') return after;
  const changed = after.members.filter(
    ({ name, value }) => !isSame(getMember(before, name), value),
  );
  const removed = before.members.filter(({ name }) => getMember(after, name) === undefined);
  const members = [...changed, ...removed].map(({ name }) =>
    createMember(name, createPatch(getMember(before, name), getMember(after, name))),
  );
  return { ...after, members };
}

function isSame(before: Json | undefined, after: Json): boolean {
  return before !== undefined && writeJson(before) === writeJson(after);
}

function getMember(json: Json | undefined, name: string): Json | undefined {
  if (json?.kind !== 'object') return undefined;
  return json.members.find((jsonMember) => jsonMember.name === name)?.value;
}

function createMember(name: string, value: Json): JsonMember {
  return { name, nameOffset: 0, value };
}

const parts: ReadonlySet<string> = new Set(['subject', 'action', 'resource', 'context']);

/** The picked parts of a request, as a change of a session can have them: without members that do not belong to a request. */
export function pickParts(request: string, isPicked: (part: string) => boolean): string {
  const names = Object.keys(JSON.parse(request));
  const others = names.filter((name) => !parts.has(name) || !isPicked(name));
  return changeRequest(
    request,
    others.map((name) => ({ path: [name], json: undefined })),
  );
}
