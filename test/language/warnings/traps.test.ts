// Warnings about traps, and advice: what is close to a trap and right is not reported, and comments suppress advice.

import { describe, expect, test } from 'vitest';
import { checked } from '../../support/checking.ts';

const declared = `policy p
use nhi.{ Approval, is_approved }
enum Level { LOW < MEDIUM < HIGH }
subject agent { home: String, iat: Timestamp, ip: Ip }
action call {
  path: String, url: String, host: String, text: String, command: String, amount: Decimal, rows: Int(0..)
  files: List<String>, amounts: List<Int(0..)>, sizes: Set<Int(0..)>
}
resource thing {}
context { time: Timestamp, level: Level, call_digest?: String, approvals?: List<Approval> }
`;

function reported(rules: string): readonly string[] {
  const { found, diagnostics, advice } = checked(
    `${declared}for agent doing call on thing { ${rules} }`,
  );
  expect(found.filter((each) => !each.startsWith('unused'))).toEqual([]);
  return [...diagnostics, ...advice].map(({ code }) => code).filter((code) => code !== 'unused');
}

const permits = (condition: string) => reported(`permit p when ${condition}`);
const denies = (condition: string) => reported(`permit p otherwise deny d when ${condition}`);

describe('a permit by', () => {
  test.each([
    ['action.host ends_with ".acme.test"', []],
    ['action.host ends_with "acme.test"', ['no-separator']],
    ['action.host ends_with "@acme.test"', []],
    ['action.path starts_with "/data/"', ['parent-folder']],
    ['action.path starts_with "/data/{subject.home}/"', ['parent-folder']],
    ['action.path starts_with "/"', []],
    ['action.path starts_with "/data/" and not (action.path contains "..")', []],
    ['normal_path(action.path) starts_with "/data/"', []],
    ['action.path matches regex"/srv/.*"', ['parent-folder']],
    ['action.path contains regex"^/srv/[^ ]+"', ['parent-folder']],
    ['action.path matches regex"/srv/[a-z/]+"', []],
    ['action.path matches glob"/srv/**"', []],
    ['action.text starts_with "team-"', []],
    ['action.text starts_with "team/"', []],
    ['action.url starts_with "https://a.test/v1/"', ['parent-folder']],
    ['action.url starts_with "https://a.test/"', []],
    ['action.url matches glob"https://*.a.test/**"', ['wildcard-host']],
    ['action.url matches glob"https://a.test/**"', []],
    ['action.url matches regex"https://[^/]+\\.a\\.test/.*"', ['wildcard-host']],
    ['action.url matches regex"https://.*\\.a\\.test/x"', ['wildcard-host']],
    ['action.url matches regex"https://[a-z0-9-]+\\.a\\.test/x"', []],
    ['action.url matches regex"https://[^/?#@]+\\.a\\.test/x"', []],
    ['action.path starts_with subject.home', ['no-separator']],
    ['action.path starts_with "{subject.home}/"', ['parent-folder']],
    ['not (action.path starts_with "/data")', ['other-spellings']],
    ['action.path under "/data"', []],
    ['action.host matches glob"*.acme.test"', ['no-separator']],
    ['action.host matches glob"*.acme.test" separated by "."', []],
    ['action.text matches glob"*.acme.test"', []],
    ['action.host matches regex"a\\.test|b\\.test"', []],
    ['action.host contains regex"a\\.test|b\\.test"', ['loose-pattern']],
    ['action.host contains regex"^(?:a|b)$"', []],
    ['action.host contains regex"^a$|^b$"', []],
    ['action.host contains regex"^a|b$"', ['loose-pattern']],
    ['action.host matches regex"a[.]test"', []],
    ['action.host matches regex"a.test"', ['loose-pattern']],
    ['action.host matches regex".*\\.test"', []],
    ['action.text contains "a|b"', ['pattern-in-string']],
    ['action.text contains "a || b"', []],
    ['action.text contains "…"', []],
    ['action.text is "what, and why"', []],
    ['action.text in { "a,b" }', ['pattern-in-string']],
    ['action.text is "*"', []],
    ['action.text is "a*"', ['quoted-glob']],
    ['action.text is "costs $5 {{a}}"', []],
    ['action.text is "100%s"', []],
    ['action.text is "%s"', ['foreign-placeholder']],
    ['action.amount <= 100', ['negative-amount']],
    ['action.amount <= 100 and action.amount > 0', []],
    ['action.amount >= 100', []],
    ['action.rows <= 100', []],
    ['sum(n for n in action.amounts) < 9', []],
    ['sum(n for n in action.sizes) < 9', ['sum-over-set']],
    ['sum(1 for n in action.sizes) < 9', []],
    ['max(n for n in action.sizes) < 9', []],
    ['is_approved(context.approvals, context.call_digest)', []],
    ['is_approved(context.approvals, action.text)', ['other-digest']],
    ['context.approvals is present', []],
    ['known(context.approvals)', ['unchecked-approval']],
    ['size(context.approvals) > 1', ['unchecked-approval']],
    ['age(subject.iat) <= 5m', []],
    ['context.time - subject.iat <= 5m', ['future-instant']],
    ['context.time - subject.iat <= 5m and subject.iat <= context.time', []],
    ['any f in action.files satisfies f under "/w"', ['partial-check']],
    ['size(action.files) > 0 and all f in action.files satisfies f under "/w"', []],
    ['subject.ip in 10.0.0.0/8', []],
  ])('%s: %j', (condition, codes) => {
    expect(permits(condition)).toEqual(codes);
  });
});

describe('a deny by', () => {
  test.each([
    ['action.path under "/etc"', []],
    ['action.path starts_with "/etc/"', ['other-spellings']],
    ['normal_path(action.path) starts_with "/etc/"', []],
    ['not (action.path starts_with "/srv/")', ['parent-folder']],
    ['action.path is "a"', []],
    ['normal_path(action.path) matches glob"/etc/*"', ['other-spellings']],
    ['normal_path(action.path) matches glob"**/*.pem"', ['other-spellings']],
    ['normal_path(action.path) matches glob"**/*.pem" ignoring case', []],
    ['action.host is "evil.test"', ['other-spellings']],
    ['lower(action.host) is "evil.test"', []],
    ['lower(action.host) is "Evil.test"', ['capital-letters']],
    ['action.command contains "rm"', ['other-spellings']],
    ['action.command is "rm"', []],
    ['action.text contains regex"a|b"', []],
    ['action.host contains regex"^a|b$"', ['other-spellings']],
    ['action.amount > 100', ['negative-amount']],
    ['action.amount > 100 or action.amount < 0', []],
    ['all f in action.files satisfies f under "/s"', ['partial-check']],
    ['any f in action.files satisfies f under "/s"', []],
    ['context.level is MEDIUM', ['higher-member']],
    ['context.level in { MEDIUM, HIGH }', []],
    ['context.level >= MEDIUM', []],
    ['subject.ip in 10.0.0.0/8', ['one-ip-version']],
    ['subject.ip in { 10.0.0.0/8, ::1/128 }', []],
    ['count(allowed doing call, within 1h) > 5', ['cap-without-current']],
    ['count(allowed doing call, within 1h) >= 5', []],
    ['count(allowed doing call, within 1h) > 0', []],
    ['count(refused doing call, within 1h) > 5', []],
    ['sum(event.action.rows of allowed doing call, within 1h) > 5', ['cap-without-current']],
    ['sum(event.action.rows of allowed doing call, within 1h) + action.rows > 5', []],
  ])('%s: %j', (condition, codes) => {
    expect(denies(condition)).toEqual(codes);
  });

  test('a path is not reported if the permits need its normal form', () => {
    const deny = 'deny d when action.path matches glob"**/.env"';
    expect(reported(`permit p when action.path under "/w" ${deny}`)).toEqual([]);
    expect(
      reported(`permit p when action.path under "/w" permit q when action.rows < 5 ${deny}`),
    ).toEqual(['other-spellings']);
    const unclear = 'deny u when not known(normal_path(action.path))';
    expect(reported(`permit p otherwise ${unclear} ${deny}`)).toEqual([]);
  });

  test('a higher member is not reported if another rule restricts it', () => {
    const rules = 'permit p otherwise challenge m when context.level is MEDIUM';
    expect(reported(`${rules} deny h when context.level is HIGH`)).toEqual([]);
  });
});

test('advice is reported apart from the diagnostics, and is suppressed with a reason', () => {
  const rule = 'permit p when action.host ends_with "acme.test"';
  const rules = (comment: string) => `${declared}for agent doing call {\n${comment}\n${rule} }`;
  const codes = (text: string) => {
    const { diagnostics, advice } = checked(text);
    return [diagnostics, advice].map((each) =>
      each.map(({ code }) => code).filter((code) => code !== 'unused'),
    );
  };
  expect(codes(rules(''))).toEqual([[], ['no-separator']]);
  expect(codes(rules('// allow no-separator: the host is one of ours'))).toEqual([[], []]);
  expect(codes(rules('// allow no-separator'))).toEqual([['allow-without-reason'], []]);
  expect(codes(rules('// allow deny-list: none'))).toEqual([['unused-allow'], ['no-separator']]);
});
