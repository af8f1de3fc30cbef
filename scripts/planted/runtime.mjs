// Bugs in the JavaScript host: reading requests and answers, and live sessions.

export const runtime = [
  {
    id: 'challenge-with-an-old-digest',
    file: 'runtime/kept-answers.ts',
    find: '(effect === challenge && digest !== undefined) ||',
    replace: '(effect === challenge && digest === undefined) ||',
    does: 'A challenge tells the digest of another call than the one that was asked about: an approval would be for that.',
  },
  {
    id: 'unknown-shares-an-answer',
    file: 'runtime/facts/settled-answers.ts',
    find: 'return (((chosen << this.#tests) | possible) << this.#tests) | certain;',
    replace: 'return (((chosen << this.#tests) | (possible & certain)) << this.#tests) | certain;',
    does: 'A request without a member gets the answer of one in which the test of that member is false.',
    becameTest: true,
  },
  {
    id: 'dropped-table-comes-back',
    file: 'runtime/policy.ts',
    find: `    this.#tables.delete(index);
`,
    replace: '',
    does: 'A table that was emptied is filled as before once the module failed and another instance takes its place.',
  },
  {
    id: 'lone-surrogate-in-a-test',
    file: 'runtime/facts/fact-writer.ts',
    find: `      ? value.isWellFormed()
      : this`,
    replace: `      ? true
      : this`,
    does: 'A text with a lone surrogate, which is no text, is judged where only the host looks at it.',
  },
  {
    id: 'names-sorted-by-locale',
    file: 'runtime/canonical-json.ts',
    find: '[...named].sort(([a], [b]) => (a < b ? -1 : 1));',
    replace: '[...named].sort(([a], [b]) => a.localeCompare(b));',
    does: 'The digest of a call is another than everywhere else, and depends on the locale of the host.',
  },
  {
    id: 'id-length-in-characters',
    file: 'runtime/sessions/sessions.ts',
    find: 'wellFormedToUtf8(id).length > maxSessionId',
    replace: 'id.length > maxSessionId',
    does: 'An id that is too long in bytes is taken, and written over what lies behind it in the module.',
    becameTest: true,
  },
  {
    id: 'preview-without-constraints',
    file: 'runtime/sessions/carry-over.ts',
    find: 'return stringify([effect, reasons, constraints, obligations]);',
    replace: 'return stringify([effect, reasons, Object.keys(constraints), obligations]);',
    does: 'A preview of another policy does not tell that a session will be narrowed to something else.',
    becameTest: true,
  },
  {
    id: 'unwritten-is-forgotten',
    file: 'runtime/sessions/keeping.ts',
    find: `      for (const id of texts.keys()) this.#changed.add(id);
`,
    replace: '',
    does: 'Sessions that a store could not write once are not written until they change again.',
  },
  {
    id: 'timer-beyond-its-longest',
    file: 'runtime/sessions/clock.ts',
    find: 'setTimeout(left > longestWait ? wait : call, Math.min(left, longestWait));',
    replace: 'setTimeout(left > longestWait ? wait : call, left);',
    does: 'A timer for an instant more than 24 days ahead goes off a thousand times a second until then.',
    becameTest: true,
  },
  {
    id: 'approval-at-its-end',
    file: 'runtime/sessions/approvals.ts',
    find: "return typeof end === 'string' && Date.parse(end) <= now;",
    replace: "return typeof end === 'string' && Date.parse(end) < now;",
    does: 'An approval that has just ended stays in the list when another is granted.',
  },
  {
    id: 'sorted-by-code-units',
    file: 'runtime/values.ts',
    find: 'const [left, right] = [[...a], [...b]];',
    replace: "const [left, right] = [a.split(''), b.split('')];",
    does: 'The texts of a set in an answer are told in another order than the evaluator tells them.',
  },
  {
    id: 'reads-of-another-scope',
    file: 'runtime/reads.ts',
    find: 'const place = (resource * (actions.length + 1) + action) * (subjects.length + 1) + subject;',
    replace:
      'const place = (resource * actions.length + action) * (subjects.length + 1) + subject;',
    does: 'An answer tells as read what the answer to another action read.',
    becameTest: true,
  },
  {
    id: 'approval-for-any-principal',
    file: 'runtime/call-digest.ts',
    find: 'return type === undefined ? { id } : { id, type };',
    replace: 'return type === undefined ? { id } : { type };',
    does: 'An approval for one principal is of use to every principal of the same type.',
  },
  {
    id: 'digest-with-the-square',
    file: 'runtime/canonical-json.ts',
    find: "while (end > first && all[end - 1] === '0') end -= 1;",
    replace: 'while (end > first && /^0+$/.test(all.slice(end - 1))) end -= 1;',
    does: 'The digest of a call with a long number takes time that grows with the square of its length.',
  },
  {
    id: 'listener-stops-the-others',
    file: 'runtime/sessions/announcer.ts',
    find: `    } catch (error) {
      this.#report(error, change);
    }`,
    replace: `    } catch (error) {
      this.#report(error, change);
      throw error;
    }`,
    does: 'A listener that throws keeps others from being called, and makes `decide` throw.',
  },
  {
    id: 'write-not-synced',
    file: 'runtime/node/session-file.ts',
    find: 'if (sync) await file.sync();',
    replace: 'if (!sync) await file.sync();',
    does: 'A revoke that was acknowledged as written is lost when the power fails.',
  },
  {
    id: 'older-snapshot-of-a-revoked-id',
    file: 'runtime/sessions/sessions.ts',
    find: "if (effect !== 'revoke') this.#expectNotRevoked(id);",
    replace: "if (effect === 'revoke') this.#expectNotRevoked(id);",
    does: 'A session that was revoked and closed is permitted again by an older snapshot.',
  },
  {
    id: 'digest-of-another-reading',
    file: 'runtime/policy.ts',
    find: 'this.#asksDigest ? plainCopy(request) : request',
    replace: 'request',
    does: 'A getter shows one call to the digest and another to the rules, so that an approval is used for a call that nobody saw.',
  },
];
