// The files of docs/deploy: what they name exists, their arguments are those of the command line, and Kubernetes starts
// their containers.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createProgram } from '../../../cli/program.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../docs/deploy/${name}`, import.meta.url), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: a manifest has the shape that a test expects
type Tree = any;

const manifests = (name: string): Tree[] =>
  parseAllDocuments(read(name)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });

/** The options of `nhipol serve`. */
function serveOptions(): readonly string[] {
  const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {} };
  const program = createProgram(
    streams,
    async () => expect.fail('nothing is watched'),
    () => {},
  );
  const serve = program.commands.find((command) => command.name() === 'serve');
  return serve?.options.flatMap(({ long }) => (long ? [long] : [])) ?? [];
}

const entrypoint: string[] = JSON.parse(
  /^ENTRYPOINT (.*)$/m.exec(read('Containerfile'))?.[1] ?? '[]',
);

test('the image runs the service with options that exist', () => {
  expect(entrypoint.slice(0, 2)).toEqual(['nhipol', 'serve']);
  const options = entrypoint.filter((each) => each.startsWith('--'));
  expect(serveOptions()).toEqual(expect.arrayContaining(options));
});

test('the unit runs the service with options that exist', () => {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(read('nhipol.service')) ?? [];
  expect(line).toMatch(/^\/usr\/bin\/nhipol serve /);
  expect(serveOptions()).toEqual(expect.arrayContaining(line.match(/--[\w-]+/g) ?? []));
});

test.each(['sidecar.yaml', 'standalone.yaml'])('%s can be applied as written', (name) => {
  const all = manifests(name);
  const workload = all.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const { spec } = workload;
  const { labels } = spec.template.metadata;
  expect(labels).toMatchObject(spec.selector.matchLabels);
  const pod = spec.template.spec;
  // Kubernetes starts no container that must not be root if the user of its image is only a name, and gives volumes to root.
  expect(read('Containerfile')).toMatch(/^USER node$/m);
  expect(pod.securityContext).toMatchObject({ runAsUser: 1_000, fsGroup: 1_000 });
  const container = pod.containers.find((each: Tree) => each.name === 'nhipol');
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }: Tree) => metadata.name);
  const volumes = [...(pod.volumes ?? []).map((each: Tree) => each.name), ...claims];
  for (const mount of container.volumeMounts) expect(volumes).toContain(mount.name);
  const paths = container.volumeMounts.map((each: Tree) => each.mountPath);
  const named = [...entrypoint, ...container.args].filter((each) => each.startsWith('/'));
  for (const path of named) {
    expect(paths.some((folder: string) => path.startsWith(`${folder}/`))).toBe(true);
  }
  const options = container.args.filter((each: string) => each.startsWith('--'));
  expect(serveOptions()).toEqual(expect.arrayContaining(options));
  // An object that others create is named with the command that creates it, and not created empty.
  expect(all.map(({ kind }) => kind)).not.toContain('ConfigMap');
  const needed = pod.volumes.flatMap(
    (each: Tree) => each.configMap?.name ?? each.secret?.secretName ?? [],
  );
  for (const each of needed)
    expect(read(name)).toMatch(new RegExp(`kubectl create \\w+ (\\w+ )?${each} `));
});

test('the service of standalone.yaml reaches its pods', () => {
  const all = manifests('standalone.yaml');
  const [set, service] = ['StatefulSet', 'Service'].map((kind) =>
    all.find((each) => each.kind === kind),
  );
  expect(service.spec.selector).toEqual(set.spec.selector.matchLabels);
  expect(set.spec.serviceName).toBe(service.metadata.name);
  const { ports } = set.spec.template.spec.containers[0];
  expect(ports.map((each: Tree) => each.name)).toContain(service.spec.ports[0].targetPort);
});
