// The entry of the page: opens the draft of the link, or the first sample.

import { applyStoredScheme } from '@nhipol/components';
import { render } from 'preact';
import { PlaygroundApp } from './app.tsx';
import { connect } from './editor/connection.ts';
import { createServerDiagnostics } from './editor/diagnostics.ts';
import { editorFeatures } from './editor/policy-editor.ts';
import { firstSample, listSamples, loadSample } from './state/samples.ts';
import { decodeDraft } from './state/share.ts';

async function start(root: HTMLElement): Promise<void> {
  applyStoredScheme();
  const connection = connect([...editorFeatures, createServerDiagnostics()]);
  let notice: string | undefined;
  const linked = await decodeDraft(location.hash).catch((error: Error) => {
    notice = error.message;
    return undefined;
  });
  const [samples, draft] = await Promise.all([listSamples(), linked ?? loadSample(firstSample)]);
  await connection.service.provide(draft.policy);
  root.replaceChildren();
  render(
    <PlaygroundApp connection={connection} samples={samples} start={draft} notice={notice} />,
    root,
  );
}

const root = document.querySelector<HTMLElement>('#app');
if (root !== null) {
  start(root).catch((error: Error) => {
    root.textContent = `The playground could not start: ${error.message}`;
  });
}
