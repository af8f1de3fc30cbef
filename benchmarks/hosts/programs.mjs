// The measuring programs by language. Commands run in the folder of the program; the folder and the names
// of the workloads are appended.

/** @typedef {readonly string[]} Command */

/** @type {Readonly<Record<string, { folder: string, build: readonly Command[], run: Command }>>} */
export const programs = {
  go: {
    folder: 'benchmarks/hosts/go',
    build: [['go', 'build', '-o', 'bench', '.']],
    run: ['./bench'],
  },
  java: {
    folder: 'benchmarks/hosts/java',
    build: [
      ['mvn', '-q', '-B', '-f', '../../../hosts/java/pom.xml', 'install', '-DskipTests'],
      ['mvn', '-q', '-B', 'package'],
    ],
    run: ['java', '-cp', 'target/classes:target/lib/*', 'dev.nhipol.peers.Peers'],
  },
  python: {
    folder: 'benchmarks/hosts/python',
    build: [
      ['python3', '-m', 'venv', '.venv'],
      [
        '.venv/bin/pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '-r',
        'requirements.txt',
      ],
    ],
    run: ['.venv/bin/python', 'main.py'],
  },
  rust: {
    folder: 'benchmarks/hosts/rust',
    build: [['cargo', 'build', '--quiet', '--locked', '--release']],
    run: ['target/release/nhipol-peers'],
  },
};
