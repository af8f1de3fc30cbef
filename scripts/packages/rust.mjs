// The crate: the archive that `cargo package` makes, whose own tests need nothing outside of it, and programs with each
// engine. They share the build of dependencies with the host's own tests.

import { join } from 'node:path';

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const rust = {
  id: 'rust',
  title: 'Rust: nhipol',
  needs: [{ command: 'cargo', from: 'version 1.95 or later from https://rustup.rs' }],
  plan: ({ root, out, version }) => {
    const name = `nhipol-${version}`;
    const crate = join(out, name);
    const project = (/** @type {string} */ title, /** @type {string} */ dependency) => ({
      title,
      from: 'rust',
      files: {
        'Cargo.toml': `[package]
name = "decide"
version = "0.1.0"
edition = "2024"

[[bin]]
name = "decide"
path = "main.rs"

[dependencies]
nhipol = { path = ${JSON.stringify(crate)}, ${dependency} }
`,
      },
      // The versions that were tested; without them cargo would choose the newest.
      install: [['cp', join(crate, 'Cargo.lock'), '.']],
      run: ['cargo', 'run', '--quiet'],
    });
    return {
      folder: 'hosts/rust',
      env: { CARGO_TARGET_DIR: join(root, 'hosts/rust/target'), NHIPOL_CONFORMANCE: undefined },
      build: [
        ['cargo', 'package', '--quiet', '--locked', '--no-verify', '--target-dir', 'packaged'],
        ['cp', `packaged/package/${name}.crate`, out],
        ['tar', 'xzf', `packaged/package/${name}.crate`, '-C', out],
      ],
      inspections: [
        {
          title: 'the files of the crate',
          command: ['tar', 'tzf', `${name}.crate`],
          contains: ['LICENSE', 'README.md', 'Cargo.lock', 'src/lib.rs'].map(
            (path) => `${name}/${path}\n`,
          ),
        },
        {
          title: 'the metadata',
          command: ['cat', join(crate, 'Cargo.toml')],
          contains: [
            'license = "Apache-2.0"',
            'authors = ["nhipol maintainers"]',
            'rust-version = ',
            'documentation = ',
            'repository = ',
            'readme = "README.md"',
            'keywords = [',
          ],
        },
      ],
      projects: [
        {
          title: 'the tests in the crate',
          folder: crate,
          install: [],
          run: ['cargo', 'test', '--quiet', '--locked', '--features', 'wasmi'],
        },
        project('a project with Wasmtime', 'default-features = true'),
        {
          ...project(
            'a project with wasmi alone',
            'default-features = false, features = ["wasmi"]',
          ),
          installed: {
            title: 'the dependencies',
            command: ['cargo', 'tree', '--prefix', 'none'],
            contains: ['wasmi v2.'],
            excludes: ['wasmtime', 'cranelift'],
          },
        },
      ],
    };
  },
};
