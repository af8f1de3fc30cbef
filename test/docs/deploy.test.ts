// The files for containers, systemd and Kubernetes: they can be parsed, use options that exist, and name paths that fit
// together.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const folder = new URL('../../docs/deploy/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const names = readdirSync(folder);
const cli = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const serve = /<!-- generated: serve -->[\s\S]*?<!-- \/generated -->/.exec(cli)?.[0] ?? '';

test('each option exists', () => {
  const used = names.flatMap((name) => {
    const text = read(name).replace(/^RUN [\s\S]*?[^\\]$/gm, '');
    return [...text.matchAll(/["' ](--[a-z-]+)/g)].map(([, option]) => ({ name, option }));
  });
  const options = used.filter(({ option }) => option !== '--from-file' && option !== '--build-arg');
  expect(options.length).toBeGreaterThan(8);
  const unknown = options.filter(
    ({ option }) => !serve.includes(`\`${option} `) && option !== '--chown',
  );
  expect(unknown).toEqual([]);
});

test('manifests are YAML, and every volume that is mounted exists', () => {
  const manifests = names.filter((name) => name.endsWith('.yaml'));
  expect(manifests).toHaveLength(2);
  for (const name of manifests) {
    for (const document of parseAllDocuments(read(name))) {
      expect(document.errors).toEqual([]);
      const { kind, spec } = document.toJS();
      if (kind !== 'Deployment' && kind !== 'StatefulSet') continue;
      const pod = spec.template.spec;
      const claims = (spec.volumeClaimTemplates ?? []).map(
        (claim: { metadata: { name: string } }) => claim.metadata.name,
      );
      const volumes = [...pod.volumes.map((volume: { name: string }) => volume.name), ...claims];
      const mounted = pod.containers.flatMap(
        (container: { volumeMounts?: readonly { name: string }[] }) =>
          (container.volumeMounts ?? []).map((mount) => mount.name),
      );
      expect(mounted.filter((mount: string) => !volumes.includes(mount))).toEqual([]);
      expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
    }
  }
});
