import { test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { mutants, fault } from '/work/wt/messages/test/support/mutations.ts';
import { samples } from '/work/wt/messages/test/support/samples.ts';
test('x', () => {
  const n = Number(process.env.N ?? 300), seed = Number(process.env.SEED ?? 1);
  const { broken, valid } = mutants(samples, n, seed);
  const bad = broken.map((m) => ({ m, f: fault(m) })).filter(({ f }) => f);
  let out = `n ${n} seed ${seed} valid ${valid} bad ${bad.length}\n`;
  const hist: Record<number, number> = {};
  for (const m of broken) hist[m.diagnostics.length] = (hist[m.diagnostics.length] ?? 0) + 1;
  out += JSON.stringify(hist) + '\n';
  for (const { m, f } of bad) {
    const l = m.text.slice(0, m.start).split('\n');
    out += `--- ${f} ${m.kind} ${m.path}:${l.length} «${m.was}»\n   ${m.text.split('\n').slice(Math.max(0,l.length - 2), l.length + 1).join('\n   ')}\n`;
    for (const d of m.diagnostics.slice(0, 8)) { const t = m.text; out += `     ${d.code} «${t.slice(d.span.start, d.span.end).slice(0,50)}» ${d.message} L${t.slice(0, d.span.start).split('\n').length} ${d.label ?? ''} rel:${d.related.map((r) => t.slice(0, r.span.start).split('\n').length)}\n`; }
  }
  writeFileSync('/tmp/m/mut.out', out);
}, 600000);
