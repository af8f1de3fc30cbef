// Certificates for tests: an authority of its own, and certificates that it issues, by the command `openssl`.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Issued {
  /** Paths of files in PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Issued {
  /** `names`: the subject alternative names, such as `DNS:localhost`. */
  readonly issue: (name: string, names: string) => Issued;
}

export function createAuthority(folder: string): Authority {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  const certificate = join(folder, 'ca.crt');
  return {
    certificate,
    key: join(folder, 'ca.key'),
    issue: (name, names) => {
      openssl(
        'req',
        ...newKey,
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
      );
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-days',
        '2',
        '-CAcreateserial',
        '-extfile',
        `${name}.ext`,
        '-out',
        `${name}.crt`,
      );
      return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    },
  };
}
