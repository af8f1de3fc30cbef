// Warnings about traps, and advice: what is close to a trap and right is not reported, and comments suppress advice.

import { describe, expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
use nhi.{ Approval, is_approved }
enum Level { LOW < MEDIUM < HIGH }
subject agent { home: String, team: String, exp: Timestamp, iat: Timestamp, ip: Ip }
action call {
  path: String, url: String, host: String, text: String, command: String, amount: Decimal, rows: Int(0..)
  files: List<String>, amounts: List<Int(0..)>, sizes: Set<Int(0..)>
  to: String, sql: String, query: String, tool: String, approved_by?: String, ticket?: String, approvers: List<String>
}
resource thing { owner: String }
context { time: Timestamp, level: Level, risk: String, call_digest?: String, approvals?: List<Approval> }
`;

function listReports(rules: string): readonly string[] {
  const { found, diagnostics, advice } = checkText(
    `${declared}for agent doing call on thing { ${rules} }`,
  );
  expect(found.filter((each) => !each.startsWith('unused'))).toEqual([]);
  return [...diagnostics, ...advice].map(({ code }) => code).filter((code) => code !== 'unused');
}

const permits = (condition: string) => listReports(`permit p when ${condition}`);
const denies = (condition: string) => listReports(`permit p otherwise deny d when ${condition}`);

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
    ['action.url ends_with ".acme.test"', ['host-anywhere']],
    ['action.url contains "acme.test"', ['host-anywhere']],
    ['action.url ends_with ".png"', []],
    ['action.url contains "/public/"', []],
    ['action.url contains regex"acme\\.test"', ['host-anywhere']],
    ['action.url matches regex".*acme\\.test/.*"', ['host-anywhere']],
    ['action.url matches regex"https://acme\\.test/[a-z]*"', []],
    ['action.host contains "acme.test"', ['host-anywhere']],
    ['action.host contains "prod"', []],
    ['action.text contains "acme.test"', []],
    ['any f in action.files satisfies f is not "a"', ['partial-check']],
    ['action.command starts_with "git "', ['open-command']],
    ['action.command ends_with " --dry-run"', ['open-command']],
    ['action.command contains "git"', ['open-command']],
    ['action.command matches glob"git *"', ['open-command']],
    ['action.command matches regex"git (log|status).*"', ['open-command']],
    ['action.command matches regex"git [^;&|]*"', ['open-command']],
    ['action.command matches regex"git [^;&|\\n]*"', []],
    ['action.command matches regex"git \\S+"', ['open-command']],
    ['action.command contains regex"git [a-z]+"', ['open-command']],
    ['action.command contains regex"^git [a-z]+$"', []],
    ['action.command matches regex"git [a-z -]+"', []],
    ['action.command is "git status"', []],
    ['action.command starts_with "git " and not (action.command contains regex"[;&|]")', []],
    ['action.command starts_with "git " and action.command matches regex"[a-z ]*"', []],
    ['action.sql starts_with "SELECT "', ['open-command']],
    ['action.query starts_with "status:"', []],
    ['action.to ends_with "@acme.test"', ['several-addresses']],
    ['action.to matches glob"*@acme.test"', ['several-addresses']],
    ['action.to matches regex".*@acme\\.test"', ['several-addresses']],
    ['action.to matches regex"[^,]*@acme\\.test"', []],
    ['action.to matches regex"[^@]+@acme\\.test"', []],
    ['action.to matches regex"[a-z.]+@acme\\.test"', []],
    ['action.to matches regex"[a-z]+@acme.test"', ['loose-pattern']],
    ['action.to ends_with "@acme.test" and not (action.to contains ",")', []],
    ['size(action.files) > 0 and all f in action.files satisfies f ends_with "@a.test"', []],
    ['action.text contains regex"(?m)^[0-9]+$"', ['loose-pattern']],
    ['action.text matches regex"(?m)[0-9]+"', []],
    ['action.text contains regex"^[0-9]+$"', []],
    ['resource.id is "{subject.team}-{subject.home}"', ['ambiguous-template']],
    ['resource.id is "{subject.team}{subject.home}"', ['ambiguous-template']],
    ['resource.id is "{subject.team}_x_{subject.home}"', ['ambiguous-template']],
    ['resource.id is "{subject.team}/{subject.home}"', []],
    ['resource.id is "{subject.team}:{subject.home}"', []],
    ['resource.id is "{action.rows}-{subject.team}"', []],
    ['resource.id is "team-{subject.team}-logs"', []],
    ['resource.id starts_with "team-{subject.team}-"', ['ambiguous-template']],
    ['resource.id starts_with "team-{subject.team}-{subject.home}:"', ['ambiguous-template']],
    ['resource.id starts_with "team-{subject.team}:"', []],
    ['resource.id ends_with "-{subject.team}"', ['ambiguous-template']],
    ['resource.id ends_with ":{subject.team}"', []],
    ['resource.id under "/t/{subject.team}-{subject.home}"', ['ambiguous-template']],
    ['subject.home under resource.id', ['exchanged-operands']],
    ['"/work" under action.path', ['exchanged-operands']],
    ['action.path under subject.home', []],
    ['"read,list" contains action.text', ['exchanged-operands']],
    ['action.text contains subject.team', []],
    ['subject.team is resource.owner', []],
    ['context.risk is not "HIGH"', ['level-as-string']],
    ['context.risk is "LOW"', []],
    ['size(action.approvers) >= 2', ['repeated-element']],
    ['size(action.approvers) > 1', ['repeated-element']],
    ['size(action.approvers) >= 1', []],
    ['size(action.sizes) >= 2', []],
    ['sum(1 for a in action.approvers where a is not subject.id) >= 2', ['repeated-element']],
    ['max(n for n in action.amounts) >= 5', ['partial-check']],
    ['min(n for n in action.amounts) >= 5', []],
    ['min(n for n in action.amounts) < 5', ['partial-check']],
    ['context.time <= subject.iat + 5m', ['future-instant']],
    ['subject.iat > context.time - 5m', ['future-instant']],
    ['subject.iat > context.time - 5m and subject.iat <= context.time', []],
    ['context.time <= subject.exp + 5m', []],
    ['context.time < subject.exp', []],
    ['action.approved_by is present', ['caller-decides']],
    ['action.approved_by is not subject.id', ['caller-decides']],
    ['action.ticket starts_with "CHG-"', ['caller-decides']],
    ['action.tool is "search"', []],
    ['action.tool is not "shell"', ['deny-list']],
    ['action.tool not in { "shell", "rm" }', ['deny-list']],
    ['action.tool is not "shell" and action.tool in { "a", "b" }', []],
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
    ['action.command starts_with "rm"', ['other-spellings']],
    ['action.to ends_with "@evil.test"', []],
    ['action.to is "ceo@acme.test"', ['other-spellings']],
    ['lower(action.to) is "ceo@acme.test"', []],
    ['lower(action.host) is "localhost"', ['other-spellings']],
    ['action.url contains "acme.test"', ['other-spellings']],
    ['resource.id is "{subject.team}-{subject.home}"', []],
    ['"/etc" under action.path', []],
    ['subject.home under resource.id', []],
    ['context.risk is "HIGH"', ['level-as-string']],
    ['context.risk in { "HIGH", "high" }', ['level-as-string']],
    ['context.risk is not "LOW"', []],
    ['size(action.approvers) < 2', ['repeated-element']],
    ['size(action.approvers) > 2', []],
    ['max(n for n in action.amounts) > 5', []],
    ['min(n for n in action.amounts) > 5', ['partial-check']],
    ['context.time > subject.iat + 5m', ['future-instant']],
    ['action.approved_by is missing', ['caller-decides']],
    ['action.tool is "shell"', ['deny-list']],
    ['action.tool is "shell" or action.tool not in { "a", "shell" }', []],
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
    expect(listReports(`permit p when action.path under "/w" ${deny}`)).toEqual([]);
    expect(
      listReports(`permit p when action.path under "/w" permit q when action.rows < 5 ${deny}`),
    ).toEqual(['other-spellings']);
    const unclear = 'deny u when not known(normal_path(action.path))';
    expect(listReports(`permit p otherwise ${unclear} ${deny}`)).toEqual([]);
  });

  test('a higher member is not reported if another rule restricts it', () => {
    const rules = 'permit p otherwise challenge m when context.level is MEDIUM';
    expect(listReports(`${rules} deny h when context.level is HIGH`)).toEqual([]);
  });
});

describe('in other declarations', () => {
  const codes = (text: string) => {
    const { found, diagnostics, advice } = checkText(`policy p\n${text}`);
    expect(found.filter((each) => !each.startsWith('unused'))).toEqual([]);
    return [...diagnostics, ...advice].map(({ code }) => code).filter((code) => code !== 'unused');
  };

  test.each([
    ['Int', 'rows', ['unlimited-value']],
    ['Int(0..)', 'rows', ['unlimited-value']],
    ['Int(0..)', 'cents', []],
    ['Int(1..)', 'rows', []],
    ['Set<String>', 'fields', ['unlimited-value']],
    ['Set<String>', 'regions', []],
    ['Duration', 'wait', []],
  ])('a constraint that limits %s %s: %j', (type, name, expected) => {
    const value = type.startsWith('Set') ? '{ "a" }' : type === 'Duration' ? '5m' : '10';
    const declared = `subject agent {}\naction q { ${name}: ${type} }\nconstraint ${name}: ${type.replace(/\(.*/, '')} limits action.${name}`;
    const narrowed = `permit ok otherwise narrow n to { ${name}: ${value} }`;
    expect(codes(`${declared}\nfor agent doing q { ${narrowed} }`)).toEqual(expected);
  });

  test('a constraint is right if a rule denies the smallest value', () => {
    const declared = `subject agent {}\naction q { rows: Int, fields: Set<String> }
constraint rows: Int limits action.rows\nconstraint fields: Set<String> limits action.fields`;
    const rules = 'permit ok otherwise narrow n to { rows: 10, fields: { "a" } }';
    const denied = 'deny none when action.rows < 1 deny all when size(action.fields) is 0';
    expect(codes(`${declared}\nfor agent doing q { ${rules} }`)).toEqual([
      'unlimited-value',
      'unlimited-value',
    ]);
    expect(codes(`${declared}\nfor agent doing q { ${rules} ${denied} }`)).toEqual([]);
  });

  const paying = `subject agent {}\naction pay { amount: Int(0..) }\naction refund { amount: Int(0..) }
action read { rows: Int(0..) }\ncontext { time: Timestamp, call_digest?: String, approvals?: List<Approval> }`;
  const sum = (actions: string) =>
    `sum(event.action.amount of allowed doing ${actions} across sessions per subject.id up to 9, within 1d)`;

  test.each([
    ['pay, refund', 'pay', ['uncounted-action']],
    ['pay, refund', 'pay, refund', []],
    ['pay', 'pay', []],
  ])('a sum in a group doing %s of %s: %j', (group, summed, expected) => {
    const rules = `permit ok otherwise deny much when ${sum(summed)} + action.amount > 300`;
    const text = `use nhi.{ Approval }\n${paying}\nfor agent doing ${group} { ${rules} }`;
    expect(codes(text)).toEqual(expected);
  });

  test.each([
    ['pay', '', ['approval-for-many']],
    ['pay', 'deny again when once(allowed doing pay, within 1d)', []],
    ['read', '', []],
  ])('an approval of %s, with the rule %j: %j', (action, rule, expected) => {
    const permit = 'permit ok when is_approved(context.approvals, context.call_digest)';
    const group = `for agent doing ${action} { ${permit} ${rule} }`;
    expect(codes(`use nhi.{ Approval, is_approved }\n${paying}\n${group}`)).toEqual(expected);
  });

  test.each([
    ['for agent, user { permit own when resource.owner is subject.id }', ['any-identity']],
    ['for agent { permit own when resource.owner is subject.id }', []],
    ['for any { permit own when resource.owner is subject.id and subject.type is "agent" }', []],
    ['for agent, user { deny others when resource.owner is subject.id }', []],
    ['for agent, user { permit own when subject.id in resource.readers }', ['any-identity']],
  ])('%s: %j', (group, expected) => {
    const declared =
      'subject agent {}\nsubject user {}\nresource any { owner: String, readers: Set<String> }';
    expect(codes(`${declared}\n${group}`)).toEqual(expected);
  });

  test.each([
    ['deploy', ['caller-decides']],
    ['jira.comment', []],
  ])('a ticket among the arguments of %s: %j', (action, expected) => {
    const declared = `subject agent {}\naction "${action}" { ticket: String }`;
    const rule = 'permit ok when action.ticket starts_with "CHG-"';
    expect(codes(`${declared}\nfor agent doing "${action}" { ${rule} }`)).toEqual(expected);
  });

  test.each([
    ['Int largest wins', 'max_rows', ['widening-constraint']],
    ['Int smallest wins', 'max_rows', []],
    ['Int largest wins', 'rows_limit', ['widening-constraint']],
    ['Int smallest wins', 'min_level', ['widening-constraint']],
    ['Int smallest wins', 'rate_per_min', []],
    ['Int largest wins', 'delay', []],
  ])('a constraint of %s %s: %j', (declaration, name, expected) => {
    const rules = `permit ok otherwise narrow n to { ${name}: 10 }`;
    const text = `subject agent {}\nconstraint ${name}: ${declaration}\nfor agent { ${rules} }`;
    expect(codes(text)).toEqual(expected);
  });

  test.each([
    ['for agent doing read { revoke r when once(signal "leak") }', ['revoke-for-some']],
    ['for agent { revoke r when once(signal "leak") }', []],
    ['for agent doing read, pay { revoke r when once(signal "leak") }', []],
    ['for agent doing read { revoke r when once(signal "leak") and action.rows > 1 }', []],
    ['for agent doing read { deny r when once(signal "leak") }', []],
    ['for agent doing read { revoke r when count(refused doing read) >= 3 }', []],
  ])('%s: %j', (group, expected) => {
    const declared = `subject agent {}\naction read { rows: Int(0..) }\naction pay {}\ncontext { time: Timestamp }
signals { leak: {} }\nfor agent doing read, pay { permit ok otherwise }`;
    expect(codes(`${declared}\n${group}`)).toEqual(expected);
  });

  test.each([
    ['deny d when action.name is "pay"', ['deny-list']],
    ['challenge d when action.name is "pay" and subject.team is not "ops"', ['deny-list']],
    ['deny d when action.name in { "pay", "send" } and subject.team is not "ops"', ['deny-list']],
    ['deny d when subject.team is not "ops"', []],
  ])('a rule of a policy for any action: %s: %j', (rule, expected) => {
    const declared = 'subject agent { team: String }\naction any {}';
    expect(codes(`${declared}\nfor agent { permit ok otherwise ${rule} }`)).toEqual(expected);
  });
});

test('advice is reported apart from the diagnostics, and is suppressed with a reason', () => {
  const rule = 'permit p when action.host ends_with "acme.test"';
  const rules = (comment: string) => `${declared}for agent doing call {\n${comment}\n${rule} }`;
  const codes = (text: string) => {
    const { diagnostics, advice } = checkText(text);
    return [diagnostics, advice].map((each) =>
      each.map(({ code }) => code).filter((code) => code !== 'unused'),
    );
  };
  expect(codes(rules(''))).toEqual([[], ['no-separator']]);
  expect(codes(rules('// allow no-separator: the host is one of ours'))).toEqual([[], []]);
  expect(codes(rules('// allow no-separator'))).toEqual([['allow-without-reason'], []]);
  expect(codes(rules('// allow deny-list: none'))).toEqual([['unused-allow'], ['no-separator']]);
});
