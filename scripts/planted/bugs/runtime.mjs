// Bugs in the JavaScript host: reading requests and answers, and live sessions.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

export const runtime = [
  {
    id: 'unknown-shares-an-answer',
    file: 'runtime/direct/normalized-answers.ts',
    find: 'return (((chosen << this.#tests) | possible) << this.#tests) | certain;',
    replace: 'return (((chosen << this.#tests) | (possible & certain)) << this.#tests) | certain;',
    does: 'A request without a member gets the answer of a request for which the condition on that member is false.',
    becameTest: true,
    by: ['test/runtime/normalized-answers.test.ts'],
  },
  {
    id: 'dropped-table-comes-back',
    file: 'runtime/policy.ts',
    find: `    this.#tables.delete(table);
`,
    replace: '',
    does: 'A table that was emptied has its old content after an instance failed and was replaced.',
    by: ['test/runtime/tables.test.ts'],
  },
  {
    id: 'lone-surrogate-in-a-test',
    file: 'runtime/direct/fact-writer.ts',
    find: `      ? value.isWellFormed()
      : this`,
    replace: `      ? true
      : this`,
    does: 'An ill-formed string with a lone surrogate is accepted if only the host reads it.',
    by: ['test/runtime/normalized-answers.test.ts'],
  },
  {
    id: 'names-sorted-by-locale',
    file: 'runtime/json/canonical-json.ts',
    find: '[...named].sort(([a], [b]) => (a < b ? -1 : 1));',
    replace: '[...named].sort(([a], [b]) => a.localeCompare(b));',
    does: 'The digest of a call depends on the locale of the host, and differs from that of other hosts.',
    by: ['test/runtime/call-digest.test.ts'],
  },
  {
    id: 'preview-without-constraints',
    file: 'runtime/sessions/migration/migrate.ts',
    find: 'return stringify([effect, reasons, constraints, lower, obligations]);',
    replace: 'return stringify([effect, reasons, Object.keys(constraints), lower, obligations]);',
    does: 'A preview of another policy does not report that the constraints of a session will change.',
    becameTest: true,
    by: ['test/runtime/sessions/session-policies.test.ts'],
  },
  {
    id: 'unwritten-is-forgotten',
    file: 'runtime/sessions/persistence/persistence.ts',
    find: 'for (const id of ids) this.#changed.add(id);',
    replace: '',
    does: 'Sessions that a store failed to write are not written until they change again.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'unwritten-amounts-are-forgotten',
    file: 'runtime/sessions/persistence/persistence.ts',
    find: 'if (!sessions.has(key) && !this.#records.has(key)) this.#records.set(key, text);',
    replace: '',
    does: 'What a key has spent is not written after a store failed once, until the key spends again.',
    by: ['test/properties/sessions/stored-history.test.ts'],
  },
  {
    id: 'head-restored-without-records',
    file: 'runtime/sessions/persistence/restore-records.ts',
    find: 'if (refused === 0) texts.filter(isHead).forEach(restore);',
    replace: 'texts.filter(isHead).forEach(restore);',
    does: 'If the record of a key cannot be read, its budget starts again instead of being unknown.',
    by: ['test/properties/sessions/stored-history.test.ts'],
  },
  {
    id: 'timer-beyond-the-maximum',
    file: 'runtime/sessions/clock.ts',
    find: 'setTimeout(left > maxDelay ? wait : call, Math.min(left, maxDelay));',
    replace: 'setTimeout(left > maxDelay ? wait : call, left);',
    does: 'A timer for an instant more than 24 days ahead fires a thousand times per second until then.',
    becameTest: true,
    by: ['test/runtime/clock.test.ts'],
  },
  {
    id: 'approval-at-its-end',
    file: 'runtime/sessions/approvals.ts',
    find: "return typeof end === 'string' && Date.parse(end) <= now;",
    replace: "return typeof end === 'string' && Date.parse(end) < now;",
    does: 'An approval that has just expired remains in the list when another is granted.',
    by: ['test/runtime/approvals.test.ts'],
  },
  {
    id: 'approval-for-any-principal',
    file: 'runtime/request/call-digest.ts',
    find: 'return type === undefined ? { id } : { id, type };',
    replace: 'return type === undefined ? { id } : { type };',
    does: 'An approval for one principal is valid for every principal of the same type.',
    by: ['test/runtime/call-digest.test.ts'],
  },
  {
    id: 'digest-in-quadratic-time',
    file: 'runtime/json/canonical-json.ts',
    find: "while (end > first && all[end - 1] === '0') end -= 1;",
    replace: 'while (end > first && /^0+$/.test(all.slice(end - 1))) end -= 1;',
    does: 'The digest of a call with a long number takes quadratic time in its length.',
    by: ['test/runtime/growth.test.ts'],
  },
  {
    id: 'listener-stops-the-others',
    file: 'runtime/sessions/changes/notifier.ts',
    find: `    } catch (error) {
      this.#report(error, change);
    }`,
    replace: `    } catch (error) {
      this.#report(error, change);
      throw error;
    }`,
    does: 'A listener that throws prevents calls of the others, and makes `decide` throw.',
    by: ['test/runtime/sessions/session-listeners.test.ts'],
  },
  {
    id: 'write-not-synced',
    file: 'runtime/node/session-file.ts',
    find: 'if (sync) await file.sync();',
    replace: 'if (!sync) await file.sync();',
    does: 'A revoke that was acknowledged as written is lost if the power fails.',
    by: ['test/runtime/sessions/session-store.test.ts'],
  },
  {
    id: 'older-snapshot-of-a-revoked-id',
    file: 'runtime/sessions/registry.ts',
    find: "if (effect !== 'revoke') this.#expectNotRevoked(id);",
    replace: "if (effect === 'revoke') this.#expectNotRevoked(id);",
    does: 'A session that was revoked and closed is permitted again by an older snapshot.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'undeclared-path-in-a-patch',
    file: 'runtime/sessions/registry.ts',
    find: 'if (within !== undefined) return createRequestPart(within, value);',
    replace: 'if (names !== undefined) return createRequestPart(within ?? names, value);',
    does: 'A patch with a misspelled path is accepted and changes nothing.',
    by: ['test/runtime/sessions/sessions.test.ts'],
  },
  {
    id: 'patch-of-an-element',
    file: 'runtime/sessions/declared-paths.ts',
    find: "if (value.kind === 'Record') this.#addMembers(names, value.members);",
    replace: `if (value.kind === 'Record') this.#addMembers(names, value.members);
      if (value.kind === 'List' && value.element.kind === 'Record')
        this.#addMembers(names, value.element.members);`,
    does: 'A patch of a member of all elements of a list is accepted and replaces the list with a record.',
    becameTest: true,
    by: ['test/runtime/sessions/sessions.test.ts'],
  },
  {
    id: 'listeners-before-other-signals',
    file: 'runtime/sessions/registry.ts',
    find: `      if (held !== undefined) this.#update(held, answer);
    }
    beforeListeners();
    for (const change of changes) this.#notifier.announce(change);`,
    replace: `      if (held !== undefined) this.#update(held, answer);
      const change = changes.find((each) => each.id === id);
      if (change !== undefined) this.#notifier.announce(change);
    }
    beforeListeners();`,
    does: 'A listener is called before the work of other sessions that were revoked at the same time is aborted.',
    by: ['test/runtime/sessions/session-listeners.test.ts'],
  },
  {
    id: 'work-continues-after-a-failure',
    file: 'runtime/sessions/registry.ts',
    find: `    for (const held of this.#open) held.fail(why);
`,
    replace: '',
    does: 'If the engine fails, work in progress is not aborted.',
    by: ['test/runtime/sessions/session-failure.test.ts'],
  },
  {
    id: 'silent-after-a-failure',
    file: 'runtime/sessions/registry.ts',
    find: 'if (this.#failure !== undefined) return this.#denyAll(this.#failure);',
    replace: 'if (this.#failure !== undefined) return [];',
    does: 'After the engine failed, a sweep reports no session as denied.',
    by: ['test/runtime/sessions/session-failure.test.ts'],
  },
  {
    id: 'failed-sweep-reports-nothing',
    file: 'runtime/sessions/registry.ts',
    find: 'return held.map(([id, before]) => ({ id, before, answer }));',
    replace: 'return [];',
    does: 'The sweep in which the engine fails reports no session as denied.',
    by: ['test/runtime/sessions/session-failure.test.ts'],
  },
  {
    id: 'digest-without-the-policy',
    file: 'runtime/request/call-digest.ts',
    find: '{"action":${action},"policy":${name},"resource"',
    replace: '{"action":${action},"resource"',
    does: 'An approval that was given under one policy is valid under every other policy.',
    by: ['test/runtime/call-digest.test.ts'],
  },
  {
    id: 'digest-without-the-subject',
    file: 'runtime/request/call-digest.ts',
    find: ',"subject":${caller}}`;',
    replace: '}`;',
    does: 'An approval of one subject is valid for the same call of every other subject.',
    by: ['test/runtime/call-digest.test.ts'],
  },
  {
    id: 'half-a-line-after-a-full-disk',
    file: 'runtime/node/session-file.ts',
    find: `      await file.truncate(this.#length).catch(() => {});
      throw error;`,
    replace: `      this.#length = (await file.stat()).size;
      throw error;`,
    does: 'A full disk leaves a partial line in the session file, and data written after it cannot be read.',
    by: ['test/runtime/sessions/session-store.test.ts'],
  },
  {
    id: 'torn-tail-stays',
    file: 'runtime/node/session-file.ts',
    find: `    if (length < size) {
      await file.truncate(length);
      await file.sync();
    }
`,
    replace: '',
    does: 'A partial write after a crash remains in the session file, and the next write fails or cannot be read.',
    becameTest: true,
    by: ['test/runtime/sessions/session-store.test.ts'],
  },
  {
    id: 'rewritten-without-a-sync',
    file: 'runtime/node/session-file.ts',
    find: `      await next.sync();
`,
    replace: '',
    does: 'If the power fails after the session file was rewritten, all sessions are lost.',
    by: ['test/runtime/sessions/session-store.test.ts'],
  },
  {
    id: 'folder-not-synced',
    file: 'runtime/node/session-file.ts',
    find: `    await file.close().catch(() => {});
    await this.#disk.syncFolder(this.#path);`,
    replace: '    await file.close().catch(() => {});',
    does: 'If the power fails after the session file was rewritten, later writes are lost.',
    by: ['test/runtime/sessions/session-store.test.ts'],
  },
  {
    id: 'symbolic-link-followed',
    file: 'runtime/node/disk.ts',
    find: "const flags = O_RDWR | O_CREAT | O_NOFOLLOW | (how === 'exclusive' ? O_EXCL : 0);",
    replace: "const flags = O_RDWR | O_CREAT | (how === 'exclusive' ? O_EXCL : 0);",
    does: 'Sessions are written to the file that a symbolic link points to.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'session-file-for-everybody',
    file: 'runtime/node/disk.ts',
    find: 'const ownerOnly = 0o600;',
    replace: 'const ownerOnly = 0o644;',
    does: 'Every user of the machine can read the session file.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'lock-of-another-host',
    file: 'runtime/node/file-lock.ts',
    find: 'if (owner === undefined || owner.host !== hostname()) return true;',
    replace: 'if (owner === undefined || owner.host !== hostname()) return false;',
    does: 'Two hosts can use a session file at the same time, and overwrite the data of each other.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'revoked-before-the-store-was-read',
    file: 'runtime/sessions/registry.ts',
    find: 'for (const id of [...this.#open.ids, ...this.#revokedIds, ...over]) persistence.note(id);',
    replace: 'for (const id of [...this.#open.ids, ...over]) persistence.note(id);',
    does: 'A session that was revoked and closed before the store was read is permitted again after a restart.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'ended-before-the-store-was-read',
    file: 'runtime/sessions/registry.ts',
    find: 'if (this.#reading > 0) for (const id of this.#open.ids) this.reevaluate(id);',
    replace: 'if (this.#reading < 0) for (const id of this.#open.ids) this.reevaluate(id);',
    does: 'A revoke by `end()` while the store is being read is lost.',
    by: ['test/runtime/sessions/persisted-sessions.test.ts'],
  },
  {
    id: 'null-evaluations',
    file: 'runtime/answer/evaluations.ts',
    find: 'if (isAbsent(evaluations)) return { requests: [batch], semantic };',
    replace: 'if (evaluations === undefined) return { requests: [batch], semantic };',
    does: 'A request with `"evaluations": null` is rejected instead of being evaluated as a single request.',
    by: ['test/runtime/evaluations.test.ts'],
  },
  {
    id: 'batch-read-twice',
    file: 'runtime/answer/evaluations.ts',
    find: 'const batch = { ...request };',
    replace: 'const batch = request;',
    does: 'A getter of a batch returns one list of requests for the validation and another for the evaluation.',
    by: ['test/runtime/evaluations.test.ts'],
  },
  {
    id: 'undeclared-facts-are-ignored',
    file: 'runtime/sessions/declared-paths.ts',
    find: 'if (!this.#known.has(key)) return names;',
    replace: 'if (!this.#known.has(key)) continue;',
    does: 'A patch of a session with a misspelled member of the context succeeds and changes nothing, so a restriction is lost.',
    by: ['test/runtime/sessions/sessions.test.ts'],
  },
  {
    id: 'name-becomes-code',
    file: 'runtime/direct/source/member-source.ts',
    find: '`const ${value} = ${record}[${JSON.stringify(step.name)}];`',
    replace: "`const ${value} = ${record}['${step.name}'];`",
    does: 'A member of a module that somebody else compiled runs its name as code in the host.',
    by: ['test/runtime/generated-code.test.ts'],
  },
  {
    id: 'code-although-refused',
    file: 'runtime/direct/direct-requests.ts',
    find: 'generateCode && bindings?.makeWriter === undefined',
    replace: 'generateCode !== undefined && bindings?.makeWriter === undefined',
    does: 'Code is generated from a module although the host loads it with `generateCode: false`.',
    by: ['test/runtime/generated-code.test.ts'],
  },
  {
    id: 'code-in-browsers',
    file: 'runtime/direct/source/generated-writer.ts',
    find: "return typeof document === 'undefined' && typeof WorkerGlobalScope === 'undefined';",
    replace: "return typeof document === 'undefined' || typeof WorkerGlobalScope === 'undefined';",
    does: 'A page whose security policy forbids code from strings reports a violation for each policy that it loads.',
    by: ['test/runtime/generated-code.test.ts'],
  },
  {
    id: 'map-with-unread-keys',
    file: 'runtime/direct/source/member-source.ts',
    find: "...this.value(key, 'name', entry), ...this.value(held, 'value', entry)",
    replace: "...this.value(held, 'value', entry)",
    does: 'With bindings, and after a hundred requests, every key of a map is empty.',
    by: ['test/runtime/generated-code.test.ts'],
  },
];
