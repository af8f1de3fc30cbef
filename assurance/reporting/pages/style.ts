// The style sheet of pages. All pairs of colors have a contrast of at least 4.5 in light and dark schemes.

import { Html } from './html-template.ts';

/** The colors of each scheme, as declarations. */
const light = `--ground: #ffffff; --raised: #f4f5f7; --line: #d0d5dd; --text: #1b2330; --soft: #4b5565;
  --link: #0b57c4; --good: #0f6b33; --good-ground: #e3f4e8; --fair: #7a4b00; --fair-ground: #fdf0d5;
  --bad: #a3190f; --bad-ground: #fde8e6; --calm: #17509e; --calm-ground: #e4eefb;
  --permit-bar: #4caf6f; --narrow-bar: #4f8fe0; --challenge-bar: #d99a1c; --deny-bar: #e0574a; --revoke-bar: #8c1410;
  --keyword: #7a2da8; --effect: #0b57c4; --string: #0f6b33; --number: #8a4300; --comment: #5b6574;`;
const dark = `--ground: #12161d; --raised: #1b212b; --line: #3a4454; --text: #e4e8ee; --soft: #a9b3c1;
    --link: #86b6ff; --good: #7fd99b; --good-ground: #14331f; --fair: #f0c36b; --fair-ground: #3a2b0c;
    --bad: #ff9d94; --bad-ground: #431915; --calm: #9cc3ff; --calm-ground: #172f52;
    --permit-bar: #3f9a5f; --narrow-bar: #5b96e6; --challenge-bar: #d3a03a; --deny-bar: #b9534a; --revoke-bar: #ff6a5c;
    --keyword: #d6a6ff; --effect: #86b6ff; --string: #8fdca9; --number: #f0b37a; --comment: #97a2b2;`;

export const style = new Html(`
:root {
  color-scheme: light dark;
  ${light}
}
@media (prefers-color-scheme: dark) {
  :root {
    ${dark}
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2.25rem 0 0.75rem; text-wrap: pretty; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; margin-top: 0; }
h2 { font-size: 1.4rem; border-bottom: 1px solid var(--line); padding-bottom: 0.3rem; }
h3 { font-size: 1.12rem; }
h4 { font-size: 1rem; margin-bottom: 0.4rem; }
p, ul { margin: 0.6rem 0; max-width: 54rem; }
ul { padding-left: 1.3rem; }
li { margin: 0.35rem 0; overflow-wrap: anywhere; }
header p { color: var(--soft); }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav ul { list-style: none; padding: 0.75rem 1rem; background: var(--raised); border-radius: 0.5rem;
  display: flex; flex-wrap: wrap; gap: 0.3rem 1.25rem; max-width: none; }
nav li { margin: 0; }
code { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--raised); border-radius: 0.25rem; padding: 0.08em 0.3em; overflow-wrap: anywhere; }
h1 code, h2 code, h3 code, h4 code { font-size: 0.92em; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 0.5rem;
  padding: 0.75rem 1rem; white-space: pre-wrap; max-width: 60rem; }
pre code { background: none; padding: 0; font-size: 0.85rem; }
.tok-keyword { color: var(--keyword); }
.tok-effect { color: var(--effect); font-weight: 600; }
.tok-string { color: var(--string); }
.tok-number { color: var(--number); }
.tok-comment { color: var(--comment); font-style: italic; }
.share { display: inline-block; width: 6rem; height: 0.6rem; margin-right: 0.5rem; vertical-align: baseline;
  background: var(--line); border-radius: 0.3rem; overflow: hidden; }
.share i { display: block; height: 100%; background: var(--permit-bar); }
.table { overflow-x: auto; margin: 1rem 0 1.5rem; }
table { border-collapse: collapse; min-width: 100%; font-size: 0.92rem; }
caption { text-align: left; font-weight: 600; color: var(--soft); padding-bottom: 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.75rem 0.45rem 0;
  border-bottom: 1px solid var(--line); min-width: 5.5rem; max-width: 32rem; }
thead th { border-bottom-width: 2px; font-size: 0.85rem; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 500; }
.mark { display: inline-block; border-radius: 0.3rem; padding: 0 0.45em; font-size: 0.85em;
  font-weight: 600; white-space: nowrap; }
.permit, .tested { color: var(--good); background: var(--good-ground); }
.challenge, .covered { color: var(--fair); background: var(--fair-ground); }
.deny, .revoke, .none { color: var(--bad); background: var(--bad-ground); }
.narrow, .score { color: var(--calm); background: var(--calm-ground); }
.stacks td:has(> .mark + .mark) { white-space: nowrap; }
td code, th code { overflow-wrap: break-word; }
.listing { width: 100%; table-layout: fixed; margin: 1rem 0 1.5rem; border: 1px solid var(--line); }
.listing th, .listing td { border: 0; padding: 0 0.6rem 0 0; min-width: 0; max-width: none; line-height: 1.6; }
.listing th { width: 3.2rem; text-align: right; font-weight: 400; font-size: 0.8rem; color: var(--soft);
  font-variant-numeric: tabular-nums; background: var(--raised); padding-left: 0.6rem; }
.listing td:nth-child(2) { width: 1.7rem; padding: 0; text-align: center; font-weight: 700; }
.listing td:last-child { padding-left: 0.6rem; }
.listing code { background: none; padding: 0; font-size: 0.82rem; white-space: pre-wrap; }
.listing mark { color: inherit; border-radius: 0.2rem; }
.listing .covered { color: var(--good); background: var(--good-ground); }
.listing .partly { color: var(--fair); background: var(--fair-ground); }
.listing .uncovered { color: var(--bad); background: var(--bad-ground); }
.listing mark.partly { text-decoration: underline dotted; }
.listing mark.uncovered { text-decoration: underline wavy; }
.listing .note { margin: 0.1rem 0 0.3rem; font-size: 0.82rem; color: var(--fair); max-width: none; }
.listing .note::before { content: "↑ "; }
.chart { margin: 1.25rem 0 1.5rem; }
.chart figcaption { color: var(--soft); font-size: 0.92rem; font-weight: 600; margin-bottom: 0.75rem; }
.lane { margin-top: 0.6rem; }
.lane .name { font-weight: 600; font-size: 0.92rem; overflow-wrap: anywhere; }
.lane svg { display: block; overflow: visible; }
.chart .tick, .chart .base { stroke: var(--line); stroke-width: 1; }
.chart .tick { stroke-dasharray: 2 3; }
.chart .place { overflow: visible; }
.chart .asked, .chart .told { fill: var(--soft); }
.chart .bar { fill: var(--soft); }
.chart .bar.permit { fill: var(--permit-bar); }
.chart .bar.narrow { fill: var(--narrow-bar); }
.chart .bar.challenge { fill: var(--challenge-bar); }
.chart .bar.deny { fill: var(--deny-bar); }
.chart .bar.revoke { fill: var(--revoke-bar); }
.axis { position: relative; height: 1.4rem; color: var(--soft); font-size: 0.8rem; }
.axis span { position: absolute; width: 0; }
.axis i { font-style: normal; white-space: nowrap; display: inline-block; }
.legend { list-style: none; padding: 0; margin: 0.5rem 0 0; max-width: none; display: flex; flex-wrap: wrap;
  gap: 0.2rem 1.1rem; font-size: 0.85rem; color: var(--soft); }
.legend li { margin: 0; display: flex; align-items: baseline; gap: 0.35rem; }
.swatch { flex: none; }
@media (max-width: 40rem) {
  main { padding: 1.25rem 0.9rem 3rem; }
  h1 { font-size: 1.5rem; }
  th, td { max-width: 18rem; }
  .stacks thead { display: none; }
  .stacks tr, .stacks th, .stacks td { display: block; }
  .stacks tr { border-bottom: 1px solid var(--line); padding: 0.5rem 0; }
  .stacks th, .stacks td { border: 0; padding: 0.1rem 0; max-width: none; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --line: #999; --text: #000; --soft: #333; --link: #000;
    --good: #000; --good-ground: #fff; --fair: #000; --fair-ground: #fff; --bad: #000;
    --bad-ground: #fff; --calm: #000; --calm-ground: #fff;
    --keyword: #000; --effect: #000; --string: #333; --number: #333; --comment: #555; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  .table { overflow: visible; }
  .mark { border: 1px solid #666; }
  h2, h3, h4, caption { break-after: avoid; }
  tr, pre, li, .lane { break-inside: avoid; }
}
`);

/** For a document that can choose a scheme by `data-scheme` of its root, after the style. */
export const chosenSchemes: string = `
:root[data-scheme="light"] { color-scheme: light; ${light} }
:root[data-scheme="dark"] { color-scheme: dark; ${dark} }
`;
