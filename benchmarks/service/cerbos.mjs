// Cerbos as a peer: the policy of P1 in its YAML with conditions in CEL, and its API for checking resources.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: tool
  version: default
  rules:
    - actions: ["tool.invoke"]
      effect: EFFECT_ALLOW
      roles: ["agent"]
      condition:
        match:
          all:
            of:
              - expr: R.attr.tool in P.attr.scopes
              - expr: R.attr.context.risk < 70
              - expr: P.attr.environment == R.attr.environment
              - expr: "!R.attr.context.credential_exposed"
              - expr: R.attr.context.geo in ["US", "DE", "FR", "GB"]
`;

/** `path`: that of the program. Cerbos has no context, so that it is an attribute of the resource. */
export function cerbosPeer(path, folder, port) {
  const policies = join(folder, 'cerbos');
  mkdirSync(policies);
  writeFileSync(join(policies, 'tool.yaml'), policy);
  const config = join(folder, 'cerbos.yaml');
  writeFileSync(
    config,
    `server:\n  httpListenAddr: "127.0.0.1:${port}"\n  grpcListenAddr: "127.0.0.1:${port + 1}"\n` +
      `storage:\n  driver: disk\n  disk:\n    directory: ${policies}\ntelemetry:\n  disabled: true\n`,
  );
  return {
    name: 'Cerbos',
    command: ['env', 'GOMAXPROCS=1', 'CERBOS_NO_TELEMETRY=1', path, 'server', '--log-level=error'],
    options: [`--config=${config}`],
    ready: `http://127.0.0.1:${port}/_cerbos/health`,
    url: `http://127.0.0.1:${port}/api/check/resources`,
    body: ({ subject, action, resource, context }) =>
      JSON.stringify({
        principal: { id: subject.id, roles: [subject.type], attr: subject.properties },
        resources: [
          {
            actions: [action.name],
            resource: {
              kind: resource.type,
              id: resource.id,
              attr: { ...resource.properties, context },
            },
          },
        ],
      }),
    decision: ({ results }) => Object.values(results[0].actions)[0] === 'EFFECT_ALLOW',
  };
}
