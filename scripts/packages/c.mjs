// The C library: what `cmake --install` writes to a prefix, and programs that find it there.

import { join } from 'node:path';

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const c = {
  id: 'c',
  title: 'C: nhipol',
  needs: [
    { command: 'cc', debian: 'gcc' },
    { command: 'cmake', debian: 'cmake' },
    { command: 'pkg-config', debian: 'pkg-config' },
    { command: 'wasm2c', debian: 'wabt' },
  ],
  plan: ({ out, version }) => {
    const prefix = join(out, 'prefix');
    const compile =
      'cc -w decide.c generated/policy_nhipol.c $(pkg-config --cflags --libs nhipol) -o decide';
    return {
      folder: 'hosts/c',
      env: { PKG_CONFIG_PATH: join(prefix, 'lib/pkgconfig') },
      build: [
        ['cmake', '-S', '.', '-B', 'build', '-DBUILD_TESTING=OFF', '-DCMAKE_INSTALL_LIBDIR=lib'],
        ['cmake', '--build', 'build'],
        ['cmake', '--install', 'build', '--prefix', prefix],
      ],
      inspections: [
        {
          title: 'the installed files',
          command: ['find', 'prefix', '-type', 'f'],
          contains: [
            'bin/nhipol-cc',
            'include/nhipol.h',
            'lib/libnhipol.a',
            'lib/pkgconfig/nhipol.pc',
            'lib/cmake/nhipol/nhipolConfig.cmake',
            'lib/cmake/nhipol/nhipolConfigVersion.cmake',
            'share/doc/nhipol/LICENSE',
            'share/doc/nhipol/README.md',
          ].map((path) => `prefix/${path}\n`),
        },
        {
          title: 'the version',
          command: ['pkg-config', '--modversion', 'nhipol'],
          contains: [`${version}\n`],
        },
        {
          title: 'the files after the prefix was moved',
          command: ['sh', '-ec', 'grep -rlF "$PWD" prefix || true'],
          contains: [],
          excludes: ['prefix/'],
        },
      ],
      projects: [
        {
          title: 'a project that uses find_package',
          from: 'c',
          install: [
            ['cmake', '-S', '.', '-B', 'build', `-DCMAKE_PREFIX_PATH=${prefix}`],
            ['cmake', '--build', 'build'],
          ],
          run: ['build/decide'],
        },
        {
          title: 'a project that uses pkg-config',
          from: 'c',
          install: [
            [join(prefix, 'bin/nhipol-cc'), '-n', 'policy', '-o', 'generated', 'policy.wasm'],
            ['sh', '-ec', compile],
          ],
          run: ['./decide'],
        },
      ],
    };
  },
};
