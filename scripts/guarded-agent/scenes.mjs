// The scenes of docs/guarded-agent/README.md: what people type in terminals, and what these show. `scenesOf` plays them with one
// daemon, `page` and `picture` show them.

import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { terminalPicture } from '../pictures/terminal.mjs';
import { Stage, steady } from './stage.mjs';

export const pagePath = new URL('../../docs/guarded-agent/README.md', import.meta.url);
export const picturePath = new URL('../../docs/pictures/guard.svg', import.meta.url);

/** The text of each scene by its name, with colors. */
export async function playScenes() {
  const stage = new Stage();
  try {
    const line = 'nhipol daemon guard.nhipol --log guard.jsonl';
    // On a busy machine, approving takes longer than the default.
    const daemon = stage.start(`${line} --ask-timeout 600`);
    await stage.shows(daemon, 'listening');
    const scenes = {
      daemon: [{ line, output: daemon.output }],
      ...(await trifecta(stage)),
      ...(await approval(stage)),
      ...(await revocation(stage)),
    };
    return new Map(
      Object.entries(scenes).map(([name, terminals]) => [
        name,
        steady(formatTerminals(terminals), stage),
      ]),
    );
  } finally {
    await stage.close();
  }
}

async function trifecta(stage) {
  const agent = await runLine(stage, 'node agent.mjs tasks/trifecta.json');
  return { trifecta: [agent], log: [await logTail(stage)] };
}

async function approval(stage) {
  const agent = stage.start('node agent.mjs tasks/report.json');
  let waiting;
  do waiting = await runLine(stage, 'nhipol guard approve');
  while (waiting.output.startsWith('no call'));
  const id = waiting.output.slice(0, 4);
  // Without a terminal, the whole digest approves the call, and no prompt.
  const [digest] = /sha-256:[0-9a-f]{64}/.exec(waiting.output);
  const rest = `--as ann --yes ${digest}`;
  const shown = `nhipol guard approve 7f3a ${rest}`;
  const approved = await runLine(stage, `nhipol guard approve ${id} ${rest}`, shown);
  await agent.ended;
  return { approval: [waiting, approved], 'approval-agent': [agent] };
}

async function revocation(stage) {
  const agent = stage.start('node agent.mjs tasks/newsletter.json');
  const before = stage.lines('sent.jsonl');
  await stage.until(() => stage.lines('sent.jsonl') >= before + 3, 'some mails');
  const revoke = 'nhipol guard revoke ai_agent:local --because "the price is wrong"';
  const revoked = await runLine(stage, revoke);
  await agent.ended;
  return { revocation: [revoked], 'revocation-agent': [agent] };
}

async function runLine(stage, line, shown = line) {
  const terminal = stage.start(line);
  await stage.until(() => terminal.hasEnded, line);
  return { line: shown, output: terminal.output };
}

function logTail(stage) {
  const command = 'log tail guard.jsonl';
  return runLine(stage, `nhipol --color ${command}`, `nhipol ${command}`);
}

function formatTerminals(terminals) {
  return terminals.map(({ line, output }) => `$ ${line}\n${output}`).join('');
}

/** The page with the scenes between its markers. */
export function page(scenes) {
  let text = readFileSync(pagePath, 'utf8');
  for (const [name, shown] of scenes) {
    const [start, end] = [`<!-- generated: ${name} -->`, '<!-- /generated -->'];
    const marked = new RegExp(`${start}[^]*?${end}`);
    if (!marked.test(text)) throw new Error(`the page does not show ${name}`);
    const block = `\`\`\`\n${stripVTControlCharacters(shown)}\`\`\``;
    text = text.replace(marked, () => `${start}\n\n${block}\n\n${end}`);
  }
  return text;
}

/** A guard that denies a call, and its log. */
export function picture(scenes) {
  const [first, ...lines] = `${scenes.get('trifecta')}${scenes.get('log')}`.split('\n');
  const bold = lines.map((line) => line.replace(/^\$ (.*)$/, '$ \u001b[1m$1\u001b[22m'));
  return terminalPicture(first.slice(2), bold.join('\n'));
}
