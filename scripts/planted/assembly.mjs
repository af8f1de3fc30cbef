// Bugs in the AssemblyScript library that is linked into every module.

export const assembly = [
  {
    id: 'stale-at-its-last-millisecond',
    file: 'assembly/clock.ts',
    find: 'return i32(now >= observed - SKEW && now <= to);',
    replace: 'return i32(now >= observed - SKEW && now < to);',
    does: 'A fact is stale in the last millisecond of its freshness.',
  },
  {
    id: 'v6-network-holds-v4',
    file: 'assembly/addresses.ts',
    find: `  if (bits < MAPPED_BITS && isV4(ip)) return false;
`,
    replace: '',
    does: 'An address such as 10.0.0.1 is in the network ::/0.',
  },
  {
    id: 'product-beyond-the-last-decimal',
    file: 'assembly/decimal-arithmetic.ts',
    find: `  if (twice > divisor || (twice == divisor && (whole & 1) == 1)) whole += 1;
  if (whole > limit) return 0;
`,
    replace: `  if (twice > divisor || (twice == divisor && (whole & 1) == 1)) whole += 1;
`,
    does: 'A product that is rounded up beyond the largest Decimal becomes the smallest.',
    becameTest: true,
  },
  {
    id: 'two-high-surrogates',
    file: 'assembly/scan.ts',
    find: 'hex4(p + 8) >> 10 == 0x37) return 12;',
    replace: 'hex4(p + 8) >> 11 == 0x1b) return 12;',
    does: 'Two consecutive high surrogates are read as one character, so different strings compare as equal.',
    becameTest: true,
  },
  {
    id: 'seconds-beyond-64-bits',
    file: 'assembly/values.ts',
    find: 'const SAFE_SECONDS_DIGITS: usize = 15;',
    replace: 'const SAFE_SECONDS_DIGITS: usize = 17;',
    does: 'A duration whose milliseconds exceed 64 bits becomes short or negative instead of unknown.',
    becameTest: true,
  },
  {
    id: 'night-ends-a-moment-late',
    file: 'assembly/windows.ts',
    find: 'if (time + DAY < toOf(before, i)) return true;',
    replace: 'if (time + DAY <= toOf(before, i)) return true;',
    does: 'A window from 22:00 to 06:00 is still open at 06:00.',
  },
  {
    id: 'handle-of-a-closed-session',
    file: 'assembly/sessions/records.ts',
    find: '(found & (USE_MASK << 8 | State.OPEN)) == (handle >>> INDEX_BITS << 8 | State.OPEN);',
    replace: '(found & State.OPEN) == State.OPEN;',
    does: 'The handle of a closed session addresses the session that replaced it.',
    becameTest: true,
  },
  {
    id: 'earlier-end-not-awaited',
    file: 'assembly/sessions/wheel.ts',
    find: 'if (known != 0 && known <= unit) return;',
    replace: 'if (known != 0) return;',
    does: 'A session whose answer now ends sooner is evaluated only at the old end.',
    becameTest: true,
  },
  {
    id: 'long-names-compared-at-their-ends',
    file: 'assembly/shapes.ts',
    find: `    if (length > 16) {
      let at: usize = 8;`,
    replace: `    if (length > 32) {
      let at: usize = 8;`,
    does: 'A request is read with the shape of an earlier one, although the middle of a name differs.',
  },
  {
    id: 'segments-before-the-rest-omitted',
    file: 'assembly/segment-globs.ts',
    find: 'if (first == p) return left == 1;',
    replace: 'if (first == p) return true;',
    does: 'A permit with the glob `/data/**/logs/*` fires for `/data/x`.',
  },
  {
    id: 'backslash-unescaped',
    file: 'assembly/text-writer.ts',
    find: 'if (byte == QUOTE || byte == BACKSLASH) {\n      putEscape();',
    replace: 'if (byte == QUOTE) {\n      putEscape();',
    does: 'The snapshot of a session with a backslash in a string cannot be restored.',
  },
  {
    id: 'window-skips-the-day-before-an-exception',
    file: 'assembly/windows.ts',
    find: 'if (steady) day = max(day, first - 1);',
    replace: 'if (steady) day = max(day, first);',
    does: 'A session that a window permits all day is still permitted on an excepted day.',
    becameTest: true,
  },
  {
    id: 'utc-ends-with-2099',
    file: 'assembly/windows.ts',
    find: "return load<u32>(zone, offsetof<Zone>('isFixed')) ? LAST_INSTANT + 1 : END_OF_KNOWN;",
    replace: 'return END_OF_KNOWN;',
    does: 'A window in UTC is unknown after 2099.',
  },
  {
    id: 'dots-before-a-slash',
    file: 'assembly/paths.ts',
    find: 'else if (segment != OTHER) return FAILED;',
    replace: 'else if (segment == 0) return FAILED;',
    does: 'A path that leaves its root by `..` is accepted as under it.',
  },
  {
    id: 'segment-begins-alike',
    file: 'assembly/paths.ts',
    find: 'return (root & SEGMENT) == 0 || load<u8>(rest) == 0x2f ? 2 : 0;',
    replace: 'return 2;',
    does: 'The path `/database` is accepted as under the root `/data`.',
  },
  {
    id: 'challenge-with-an-old-digest',
    file: 'assembly/policy/response/response.ts',
    find: `  if (DIGEST_CELL != 0 && effect == Effect.CHALLENGE) return 0;
`,
    replace: '',
    does: 'A challenge contains the digest of another call than that of the request, and so an approval is for the wrong call.',
  },
  {
    id: 'id-length-in-characters',
    file: 'assembly/sessions/open.ts',
    find: 'if (<u32>idLength > <u32>MAX_NAME || !isId(idLength)) return failWith(Code.WRONG_ID);',
    replace: 'if (!isId(min(idLength, MAX_NAME))) return failWith(Code.WRONG_ID);',
    does: 'An id that is too long in bytes is accepted, and contains the memory after it.',
  },
  {
    id: 'sorted-by-length',
    file: 'assembly/response-values.ts',
    find: 'return order != 0 ? order < 0 : n < m;',
    replace: 'return n != m ? n < m : order < 0;',
    does: 'The strings of a set in an answer have another order than in the evaluator.',
  },
  {
    id: 'reads-of-another-scope',
    file: 'assembly/policy/response/reads.ts',
    find: "has(load<u32>(scope, offsetof<ScopeRow>('actions')), actionSelector) &&",
    replace: "has(load<u32>(scope, offsetof<ScopeRow>('actions')), 0) &&",
    does: 'An answer lists the data that the answer to another action read.',
  },
  {
    id: 'refused-change-leaves-the-permit',
    file: 'assembly/sessions/patch.ts',
    find: `  markOutdated(session, rest, handle, length);
`,
    replace: '',
    does: 'If a change that restricts a session is rejected because memory is exhausted, the old permit remains valid.',
  },
  {
    id: 'one-change-makes-all-current',
    file: 'assembly/sessions/outdated.ts',
    find: 'if (isGiven(at)) setOutdated(bits, at, false);',
    replace: 'setOutdated(bits, at, false);',
    does: 'A session that was denied because a change had no room is permitted again after a change of another member.',
  },
  {
    id: 'digest-of-the-former-call',
    file: 'assembly/digest/call-forms.ts',
    find: '  else setForm(root, 0, 0);\n}',
    replace: '}',
    does: 'A session whose action was changed in part keeps the digest of the previous call, so that an approval of it permits another call.',
  },
];
