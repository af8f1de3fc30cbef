// `nhipol-envoy` answers as `nhipol serve --grpc` does, byte by byte: the same requests go to both, and their responses are
// compared. Skipped if Go is not installed.

import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { checkRequests } from './check-requests.ts';
import { expressions } from './expressions.ts';
import { GrpcHarness } from './grpc-harness.ts';
import {
  buildServer,
  comparable,
  Door,
  GoServer,
  hasGo,
  startServer,
} from './nhipol-envoy-harness.ts';

const seed = 20_261_203;

/** Every kind of answer, without a history. `call_digest` covers the whole request, and so shows what was mapped. */
const policySource = `
policy test.stateless version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

subject identity { scopes?: Set<String> }
subject ai_agent {}
action "GET" {}
action "POST" { amount?: Int, price?: Decimal }
action "PUT" {}
resource route { host?: String }
context {
  time: Timestamp
  call_digest?: String
  approvals?: List<Approval>
  network?: { ip?: Ip }
  level?: Int(1..10)
}

constraint max_rows: Int smallest wins
constraint regions: Set<String> intersects
obligation notify: custom { to: String }
obligation ask: access_request { template: String, expires_in: Duration = 10m }

for identity doing "GET" on route {
  permit public when resource.id under "/public"
  permit timed when resource.id under "/timed" and context.time < 2100-01-01T00:00:00Z
  permit read_rows when resource.id under "/rows"
  narrow rows when resource.id under "/rows" to { max_rows: 100, regions: {"Köln", "😀"} }
  permit told when resource.id under "/told" with notify { to: "owner" }
  permit local when resource.id under "/local" and context.network.ip in 10.0.0.0/8
  deny secret when resource.id ends_with ".env"
    because "{resource.id} holds secrets"
  deny leveled when context.level > 5, if unknown skip
}
for identity doing "POST" on route {
  permit small when action.amount <= 100
  permit cheap when action.price <= 9.99
  permit scoped when "write" in subject.scopes
}
for identity doing "PUT" on route {
  challenge asks when not is_approved(context.approvals, context.call_digest)
    with ask { template: "put" }
    because "{resource.id} needs an approval"
  permit asked when resource.id starts_with "/"
}
`;

const defaultAuthz = {
  subject: { type: 'identity', id: '$token.?sub.orValue(source.principal)' },
  action: { name: '$request.method' },
  resource: { type: 'route', id: '$request.path' },
};

const mappings: Readonly<Record<string, unknown>> = {
  'the default': undefined,
  claims: {
    ext_authz: {
      ...defaultAuthz,
      subject: {
        type: 'identity',
        id: '$token.sub',
        properties: { scopes: "$token.scope.split(' ')" },
      },
      context: { network: { ip: '$source.?address' }, level: '$token.?level' },
    },
    headers: ['effect', 'valid-until'],
  },
  'the whole request': {
    ext_authz: {
      ...defaultAuthz,
      resource: {
        type: 'route',
        id: '$request.path',
        properties: { host: '$request.?host', scheme: '$request.?scheme', query: '$request.query' },
      },
      context: {
        headers: '$request.headers',
        text: '$request.?text',
        size: '$request.?size',
        id: '$request.?id',
        target: '$request.?target',
        protocol: '$request.?protocol',
        sent: '$request.?time',
        sni: '$request.?sni',
        extensions: '$request.context_extensions',
        route: '$request.route_metadata',
        port: '$source.?port',
        service: '$source.?service',
        labels: '$source.labels',
        to: '$destination.?address',
        metadata: '$metadata',
        params: '$params',
        token: '$token',
        list: ['$$literal', '$request.?id', 1.5, null, true, { 10: 'b', 9: 'a', b: 1 }],
      },
    },
    headers: [],
  },
  'numbers and other types': {
    ext_authz: {
      ...defaultAuthz,
      action: {
        name: '$request.method',
        properties: { amount: '$token.?amount', price: '$token.?price' },
      },
      context: '$token.context',
    },
  },
  tools: {
    ext_authz: {
      subject: { type: 'ai_agent', id: '$token.sub' },
      action: {
        name: "$metadata['envoy.filters.http.mcp'].method == 'tools/call' ? 'fs:' + params.name : 'mcp:' + metadata['envoy.filters.http.mcp'].method",
        properties: { arguments: '$params.?arguments' },
      },
      resource: { type: 'mcp_server', id: 'fs' },
    },
  },
};

describe.skipIf(!hasGo)('nhipol-envoy', () => {
  let module: Uint8Array;
  beforeAll(async () => {
    buildServer();
    module = await compileForGuard(policySource);
  }, 300_000);

  /** Checks requests by both, and returns how often each effect was answered. */
  async function compare(
    declared: unknown,
    sample: readonly object[],
    options: {
      readonly args?: readonly string[];
      readonly form?: 'full' | 'profiles' | 'none';
    } = {},
  ): Promise<ReadonlyMap<string, number>> {
    const { args = [], form = 'full' } = options;
    const service = await GrpcHarness.open({
      declared,
      contextForm: form,
      ...(args.includes('notify') ? { obligations: new Set(['notify']) } : {}),
      pointOptions: { module },
    });
    const server = await startServer(module, declared, ['--context', form, ...args]);
    const doors = [new Door(service.service.port), new Door(server.port)] as const;
    const effects = new Map<string, number>();
    try {
      for (let start = 0; start < sample.length; start += 50) {
        const part = sample.slice(start, start + 50);
        const answers = await Promise.all(
          part.map((request) => Promise.all(doors.map((door) => door.check(request)))),
        );
        for (const [index, [expected = -1, actual = -1]] of answers.entries()) {
          const shown = comparable(actual);
          const request = JSON.stringify(part[index]);
          expect({ request, response: shown }).toEqual({ request, response: comparable(expected) });
          const [, effect = 'none'] = /"effect":\{"stringValue":"(\w+)"/.exec(shown) ?? [];
          const isMapped = !shown.includes('cannot be mapped');
          const key = isMapped ? effect : 'not mapped';
          effects.set(key, (effects.get(key) ?? 0) + 1);
        }
      }
    } finally {
      for (const door of doors) door.close();
      await server.stop('SIGKILL');
      await service.close();
    }
    return effects;
  }

  /** Whether the server supports an expression. */
  async function isAccepted(text: string): Promise<boolean> {
    const context = { e: `$${text}` };
    const started = await GoServer.start(module, { ext_authz: { ...defaultAuthz, context } });
    if (!(started instanceof GoServer)) return false;
    await started.stop('SIGKILL');
    return true;
  }

  const sampleRequests = (count: number, salt = 0) =>
    fc.sample(checkRequests, { seed: seed + salt, numRuns: count });

  const effects = new Map<string, number>();

  for (const [index, [name, declared]] of Object.entries(mappings).entries()) {
    test(`answers hostile requests as the service does: ${name}`, async () => {
      for (const [effect, count] of await compare(declared, sampleRequests(800, index))) {
        effects.set(effect, (effects.get(effect) ?? 0) + count);
      }
    }, 120_000);
  }

  test('the requests had answers of every kind', () => {
    const kinds = ['challenge', 'deny', 'narrow', 'not mapped', 'permit'];
    expect([...effects.keys()].toSorted()).toEqual(kinds);
    for (const count of effects.values()) expect(count).toBeGreaterThan(30);
  });

  for (const form of ['profiles', 'none'] as const) {
    test(`refuses as the service does with --context ${form}`, async () => {
      const args = ['--grpc-obligation', 'notify'];
      await compare(mappings.claims, sampleRequests(300, 100), { form, args });
    }, 120_000);
  }

  test('evaluates expressions as the service does', async () => {
    const sample = fc.sample(expressions, { seed, numRuns: 120 });
    const usable: string[] = [];
    for (const text of sample) if (await isAccepted(text)) usable.push(text);
    expect(usable.length).toBeGreaterThan(50);
    for (let start = 0; start < usable.length; start += 5) {
      const part = usable.slice(start, start + 5);
      const context = Object.fromEntries(part.map((text, place) => [`e${place}`, `$${text}`]));
      const declared = { ext_authz: { ...defaultAuthz, context } };
      await compare(declared, sampleRequests(20, 200 + start));
    }
  }, 300_000);
});
