// The gem, and a program that loads a policy's shared library with it.

import { join } from 'node:path';

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const ruby = {
  id: 'ruby',
  title: 'Ruby: nhipol',
  needs: [
    { command: 'gem', debian: 'ruby' },
    { command: 'cc', debian: 'gcc' },
    { command: 'wasm2c', debian: 'wabt' },
  ],
  plan: ({ source, out, version }) => {
    const gem = `nhipol-${version}.gem`;
    return {
      folder: 'hosts/ruby',
      env: { GEM_HOME: join(out, 'gems') },
      build: [['gem', 'build', '--strict', '--output', join(out, gem), 'nhipol.gemspec']],
      inspections: [
        {
          title: 'the files of the gem',
          command: ['sh', '-ec', `tar xOf ${gem} data.tar.gz | tar tz`],
          contains: ['LICENSE', 'README.md', 'lib/nhipol.rb'],
          excludes: ['test/', 'tool/'],
        },
        {
          title: 'the metadata',
          command: ['gem', 'specification', gem],
          contains: [
            '- nhipol maintainers',
            '- Apache-2.0',
            'homepage: https://',
            'source_code_uri: ',
            'documentation_uri: ',
            'changelog_uri: ',
            'bug_tracker_uri: ',
            "rubygems_mfa_required: 'true'",
          ],
        },
      ],
      projects: [
        {
          title: 'a project with the gem',
          from: 'ruby',
          install: [
            ['gem', 'install', '--local', '--no-document', join(out, gem)],
            [join(source, 'hosts/c/nhipol-cc'), '-s', 'libnhipol_policy.so', 'policy.wasm'],
          ],
          run: ['ruby', '-w', 'decide.rb'],
        },
      ],
    };
  },
};
