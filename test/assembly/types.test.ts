// The library is valid for the TypeScript compiler too, with the types of AssemblyScript.

import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

test('the library has no type errors', () => {
  const path = fileURLToPath(new URL('../../assembly/tsconfig.json', import.meta.url));
  const config = ts.getParsedCommandLineOfConfigFile(
    path,
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const program = ts.createProgram(config?.fileNames ?? [], config?.options ?? {});
  expect(program.getRootFileNames().length).toBeGreaterThan(50);
  const found = ts.getPreEmitDiagnostics(program);
  expect(
    found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  ).toEqual([]);
});
