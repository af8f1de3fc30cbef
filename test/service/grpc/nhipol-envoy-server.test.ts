// `nhipol-envoy` as a process: what it refuses at its start, hostile messages, and its end. Skipped if Go is not installed.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { temporaryFolder } from './grpc-harness.ts';
import {
  buildServer,
  Door,
  type Ended,
  GoServer,
  hasGo,
  startServer,
} from './nhipol-envoy-harness.ts';

const plain = `
policy test.plain version "1.0.0"

subject identity {}
action "GET" {}
resource route {}

for identity doing "GET" on route {
  permit public when resource.id under "/public"
}
`;
const withHistory = (declarations: string, rule: string) => `
policy test.history version "1.0.0"

use nhi.{ Events }

subject identity {}
action "GET" {}
resource route {}
context { time: Timestamp }
${declarations}

for identity doing "GET" on route {
  permit public when resource.id under "/public"
  ${rule}
}
`;
const mapped = {
  subject: { type: 'identity', id: '$source.principal' },
  action: { name: '$request.method' },
  resource: { type: 'route', id: '$request.path' },
};

const createCheck = (path: string, http: object = {}) => ({
  attributes: {
    source: { principal: 'a' },
    request: { http: { method: 'GET', path, ...http } },
  },
});

describe.skipIf(!hasGo)('nhipol-envoy as a process', () => {
  let module: Uint8Array;
  beforeAll(async () => {
    buildServer();
    module = await compileForGuard(plain);
  }, 300_000);

  async function refuse(started: Promise<GoServer | Ended>): Promise<string> {
    const ended = await started;
    if (ended instanceof GoServer) {
      await ended.stop('SIGKILL');
      throw new Error('the server listens');
    }
    expect(ended.code).toBe(2);
    return ended.output.trimEnd();
  }

  test.each([
    ['signals Events', 'revoke ended when once(signal "session-revoked"), if unknown skip'],
    ['outcomes { "failed": {} }', 'deny failing when count(outcome "failed", within 10m) >= 2'],
    ['signals Events', ''],
  ])('refuses a policy with `%s` and `%s`', async (declarations, rule) => {
    const history = await compileForGuard(withHistory(declarations, rule));
    expect(await refuse(GoServer.start(history, undefined))).toMatch(
      /its rules read the history of sessions, which are not supported here: use `nhipol serve --grpc`$/,
    );
  });

  test.each([
    [{ ext_authz: { ...mapped, session: '$token.sid' } }, '$.ext_authz.session: sessions are not'],
    [
      { ext_authz: { ...mapped, context: { session: { id: '$token.sid' } } } },
      '`context.session` names a session',
    ],
    [{ ext_authz: { ...mapped, context: '$peer' } }, '`peer` is not supported here'],
    [{ ext_authz: { ...mapped, context: { a: '$request.body' } } }, '`request.body` is not'],
    [{ ext_authz: { ...mapped, context: { a: '$request' } } }, 'with one of its members'],
    [{ ext_authz: { ...mapped, context: { a: '$nobody.a' } } }, 'unknown variable `nobody`'],
    [{ ext_authz: { ...mapped, subject: 'a' } }, '$.ext_authz.subject: expected an object'],
    [{ ext_authz: { ...mapped, more: 1 } }, '$.ext_authz: unknown member `more`'],
    [{ headers: ['cookie'] }, '$.headers: expected an array of effect'],
    [[], '$: expected an object'],
  ])('refuses the mapping %j', async (declared, message) => {
    expect(await refuse(GoServer.start(module, declared))).toContain(message);
  });

  test('refuses files and options that it cannot use', async () => {
    const folder = temporaryFolder();
    const [source, policy, repeated] = ['a.nhipol', 'a.wasm', 'a.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(source, plain);
    writeFileSync(policy, module);
    writeFileSync(repeated, '{"headers": [], "headers": []}');
    const rows: readonly (readonly [readonly string[], string])[] = [
      [[source], 'it is not a compiled module: compile it with `nhipol compile --sessions`'],
      [[join(folder, 'none.wasm')], 'no such file'],
      [[policy, 'more'], 'expected one policy after the options, found 2 arguments'],
      [['--grpc', '0.0.0.0:9191', policy], 'can be reached from other machines'],
      [['--grpc', 'example.com:9191', policy], 'can be reached from other machines'],
      [['--grpc', '127.0.0.1', policy], 'expected an address and a port'],
      [['--grpc-mapping', repeated, policy], 'the name "headers" occurs twice in an object'],
      [['--policy-sha256', '00', policy], 'its SHA-256 is '],
      [['--table', 'rows=none.json', policy], '--table rows=none.json: open none.json'],
      [['--table', 'rows', policy], 'expected name=file'],
      [['--context', 'some', policy], 'expected full, profiles or none'],
      [['--max-body', '0', policy], 'expected a whole number from 1'],
      [['--session-idle', '5', policy], 'flag provided but not defined: -session-idle'],
    ];
    for (const [args, message] of rows) {
      const output = await refuse(GoServer.run(args));
      expect(output).toContain(message);
      expect(output).toMatch(/^nhipol-envoy: .+$/);
    }
  });

  test('answers hundreds of checks at a time, each with an id of its own', async () => {
    const server = await startServer(module, { ext_authz: mapped });
    const door = new Door(server.port);
    const paths = Array.from({ length: 600 }, (_, index) =>
      index % 3 === 0 ? '/public/a' : `/other/${index}`,
    );
    const answers = await Promise.all(paths.map((path) => door.check(createCheck(path))));
    const ids = answers.map((answer, index) => {
      if (typeof answer === 'number') throw new Error(`the code of gRPC is ${answer}`);
      expect(answer.status.code).toBe(index % 3 === 0 ? 0 : 7);
      return answer.dynamic_metadata.fields?.decision_id?.stringValue;
    });
    expect(new Set(ids).size).toBe(paths.length);
    for (const id of ids) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
    door.close();
    await server.stop('SIGKILL');
  });

  test('refuses a check that is too long, and answers the next one', async () => {
    const server = await startServer(module, { ext_authz: mapped }, ['--max-body', '4']);
    const door = new Door(server.port);
    expect(await door.check(createCheck('/public', { body: 'a'.repeat(5_000) }))).toBe(8);
    const answer = await door.check(createCheck('/public'));
    expect(answer).toMatchObject({ status: { code: 0 } });
    door.close();
    await server.stop('SIGKILL');
  });

  test('ends with 0 after SIGTERM, when calls have ended', async () => {
    const server = await startServer(module, { ext_authz: mapped }, ['--drain', '0']);
    const door = new Door(server.port);
    await door.check(createCheck('/public'));
    const { code, output } = await server.stop();
    expect(code).toBe(0);
    expect(output).toMatch(/^listening for gRPC, .* with test\.plain 1\.0\.0\n/);
    expect(output).toContain('nhipol-envoy: ending\n');
    // Nothing answers a check then: Envoy refuses the request, unless `failure_mode_allow` is set.
    expect(await door.check(createCheck('/public'))).toBe(14);
    door.close();
  });

  test('shows its options', async () => {
    const ended = await GoServer.run(['--help']);
    expect(ended).toMatchObject({ code: 0, output: expect.stringContaining('-grpc-mapping file') });
  });
});
