// Splits the service in the bundle of the command line, as a plugin of rolldown. A command that imports some of its exports on
// demand loads the files that define these, and not all of the service: HTTP and signals are most of it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const index = new URL('../../service/index.ts', import.meta.url);
const prefix = 'file of the service:';
const onDemand = /\{([^{}]*)\} = await import\('@nhipol\/service'\)/g;
const reexport = /^export \{([^}]*)\} from '([^']+)';/gm;

export const splitService = {
  name: 'split-service',
  transform: {
    filter: { id: /\/cli\/.*\.ts$/, code: onDemand },
    handler: (code) => ({
      code: code.replace(onDemand, (_, names) => splitImport(names)),
      map: null,
    }),
  },
  resolveId: (id) =>
    id.startsWith(prefix) ? fileURLToPath(new URL(id.slice(prefix.length), index)) : undefined,
};

/** The file of each exported value, by its name. */
const files = new Map(
  [...readFileSync(index, 'utf8').matchAll(reexport)].flatMap(([, names, file]) =>
    listNames(names).map((name) => [name, file]),
  ),
);

/** `names`: what is destructured, such as `Guard: Opened, errorCodes`. */
function splitImport(names) {
  const parts = listNames(names);
  const imports = parts.map((part) => {
    const [name] = part.split(':');
    const file = files.get(name);
    if (file === undefined) throw new Error(`the service does not export ${name} from a file`);
    return `import('${prefix}${file}')`;
  });
  return `[${parts.map((part) => `{ ${part} }`).join(', ')}] = await Promise.all([${imports.join(', ')}])`;
}

function listNames(names) {
  const parts = names.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
