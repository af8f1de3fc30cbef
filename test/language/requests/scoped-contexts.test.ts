// Contexts with a scope: which rules can read their members, which requests have them, and their errors.

import { evaluate } from '@nhipol/language';
import { describe, expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { formatOrFail } from '../../support/pages/formatting.ts';

const declared = `policy p
subject agent {}
subject job {}
action pay {}
action refund {}
action mail {}
resource file {}
context { time: Timestamp, level?: Int }
context for any doing pay, refund { currency: String }
context for any doing pay { ticket?: Int }
context for any doing mail { ticket?: String }
context for job { queue: Int = 1 }
`;

function codes(text: string): readonly string[] {
  return checkText(text).found.map((each) => each.split(' ')[0] ?? '');
}

const rule = (scope: string, condition: string) =>
  `${declared}for ${scope} { permit ok when ${condition} }\n`;

describe('a member of a scoped context', () => {
  test.each([
    ['any doing pay', 'context.currency is "EUR"'],
    ['any doing pay, refund', 'context.currency is "EUR"'],
    ['agent doing pay', 'context.ticket > 1'],
    ['any doing mail', 'context.ticket is "x"'],
    ['job', 'context.queue is 1'],
    ['job doing pay on file', 'context.queue is context.ticket and context.currency is "EUR"'],
    ['any', 'context.level is 1'],
  ])('can be read for %s: %s', (scope, condition) => {
    expect(codes(rule(scope, condition))).toEqual([]);
  });

  test.each([
    ['any', 'context.currency is "EUR"', 'currency', '(see any other request)'],
    ['any doing pay, mail', 'context.currency is "EUR"', 'currency', '(see doing `mail`)'],
    ['any doing mail', 'context.currency is "EUR"', 'currency', '(see doing `mail`)'],
    ['any doing pay, mail', 'context.ticket is missing', 'ticket', '(see doing `mail`)'],
    ['any doing pay, refund', 'context.ticket is missing', 'ticket', '(see doing `refund`)'],
    ['agent, job', 'context.queue is 1', 'queue', '(see `agent`)'],
  ])('cannot be read for %s: %s', (scope, condition, name, missing) => {
    const { found } = checkText(rule(scope, condition));
    expect(found).toEqual([expect.stringContaining('member-not-everywhere')]);
    expect(found[0]).toContain(`\`${name}\``);
    expect(found[0]).toContain(missing);
  });

  test('is not known outside of groups', () => {
    const text = `${declared}let paid = context.currency\nfor any doing pay { permit ok when paid is "EUR" }`;
    expect(checkText(text).found[0]).toContain('member-not-everywhere');
  });

  test('is suggested for a misspelling', () => {
    const { found } = checkText(rule('any doing pay', 'context.curency is "EUR"'));
    expect(found[0]).toContain('unknown-member');
  });
});

describe('a request', () => {
  const policy = checkPolicy(`${declared}
for agent, job { permit ok otherwise }
for agent, job doing pay { deny foreign when context.currency is not "EUR" }
for job { deny queued when context.queue > 1 }
`);
  const answer = (subject: string, action: string, context: unknown) => {
    const request = {
      subject: { type: subject, id: 'a' },
      action: { name: action },
      resource: { type: 'file', id: 'r' },
      context,
    };
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const { effect, error } = evaluate(policy, bytes, { precedence: 'host', now: 0n });
    return error === undefined ? effect : `${error.code} ${error.path}`;
  };

  test.each([
    ['agent', 'pay', { currency: 'EUR' }, 'permit'],
    ['agent', 'pay', { currency: 'USD' }, 'deny'],
    ['agent', 'pay', {}, 'missing $.context.currency'],
    ['agent', 'pay', { currency: 1 }, 'wrong_type $.context.currency'],
    ['agent', 'refund', undefined, 'missing $.context.currency'],
    ['agent', 'mail', {}, 'permit'],
    ['agent', 'mail', { currency: 1 }, 'permit'],
    ['agent', 'mail', { ticket: 1 }, 'wrong_type $.context.ticket'],
    ['agent', 'pay', { currency: 'EUR', ticket: 'x' }, 'wrong_type $.context.ticket'],
    ['agent', 'mail', { queue: 'x' }, 'permit'],
    ['job', 'mail', { queue: 'x' }, 'wrong_type $.context.queue'],
    ['job', 'mail', { queue: 2 }, 'deny'],
    ['job', 'mail', {}, 'permit'],
    ['agent', 'mail', 5, 'wrong_type $.context'],
  ])(
    'of %s for %s with %j has the members of its contexts: %s',
    (subject, action, context, expected) => {
      expect(answer(subject, action, context)).toBe(expected);
    },
  );
});

describe('declarations', () => {
  test.each([
    ['in `context` and in a scope', 'context for any doing pay { level?: Int }'],
    ['for one action twice', 'context for any doing refund { currency: String }'],
    ['for an action and a subject type', 'context for agent { currency: String }'],
    ['for every request', 'context for any { ticket?: Int }'],
  ])('of one name overlap %s', (_, text) => {
    expect(codes(`${declared}${text}\nfor any { permit ok otherwise }`)).toContain(
      'overlapping-contexts',
    );
  });

  test('of one name for different requests do not overlap', () => {
    const text = `${declared}context for agent doing mail on file { a?: Int }
context for job doing mail { a?: String }
context for any doing pay { a?: Bool }
for any { permit ok otherwise }`;
    expect(codes(text)).toEqual([]);
  });

  test.each(['time: Timestamp', 'call_digest?: String', 'approvals?: List<{ digest?: String }>'])(
    'of %s have no scope',
    (member) => {
      const text = `policy p\ncontext for any doing pay { ${member} }\nfor any { permit ok otherwise }`;
      expect(codes(text)).toContain('bad-context');
    },
  );

  test('select declared actions with globs and sets', () => {
    const text = `${declared}actions payments = { glob"*pa*", refund }
context for any doing payments { fee?: Int }
for any doing pay, refund { permit ok when context.fee < 3 }`;
    expect(codes(text)).toEqual([]);
    const open = text.replace('action pay {}', 'action pay {}\naction any {}');
    expect(codes(open)).toContain('bad-context');
  });

  test('report undeclared names', () => {
    const text = `${declared}context for any doing payy { a?: Int }\nfor any { permit ok otherwise }`;
    expect(codes(text)).toEqual(['unknown-action']);
  });

  test('have at most 64 members for a request', () => {
    const members = (prefix: string) =>
      Array.from({ length: 40 }, (_, at) => `${prefix}${at}?: Int`).join(', ');
    const text = `policy p\ncontext { ${members('a')} }
context for any doing pay { ${members('b')} }\nfor any { permit ok otherwise }`;
    expect(codes(text)).toEqual(['too-many']);
  });

  test('are needed for no general context', () => {
    const text = `policy p\naction pay {}\ncontext for any doing pay { a?: Int }
for any doing pay { permit ok when context.a > 1 }`;
    expect(codes(text)).toEqual([]);
  });
});

test('the formatter writes scopes on the line of the context', () => {
  expect(formatOrFail('policy p\ncontext   for any   doing "a.b",c on file{a:Int}')).toBe(
    'policy p\ncontext for any doing "a.b", c on file { a: Int }\n',
  );
});
