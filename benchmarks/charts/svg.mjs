// The common parts of bars and lines: the frame of a chart, its colours in light and dark mode, and a
// logarithmic scale.

/** @typedef {(value: number) => number} Scale */

const style = `
  svg { --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4;
    --nhipol: #0b5fd0; --hand: #1a7f37; --peer: #8c959f; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --soft: #9198a1; --grid: #30363d;
      --nhipol: #58a6ff; --hand: #56d364; --peer: #7d8590; }
  }
  text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; }
  .soft { fill: var(--soft); }
  .grid { stroke: var(--grid); stroke-width: 1; }
  .nhipol { --own: var(--nhipol); } .hand { --own: var(--hand); } .peer { --own: var(--peer); }
  rect.nhipol, rect.hand, rect.peer, circle { fill: var(--own); }
  text.nhipol, text.hand { fill: var(--own); font-weight: 600; }
  text.peer { fill: var(--soft); }
  polyline { fill: none; stroke: var(--own); stroke-width: 1.5; }
  polyline.nhipol, polyline.hand { stroke-width: 2.5; }
`;

/**
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @param {string} subtitle
 * @param {readonly string[]} parts
 */
export function chart(width, height, title, subtitle, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
<style>${style}</style>
<rect width="${width}" height="${height}" style="fill: var(--ground)"/>
${text(16, 26, title, 'title')}
${text(16, 46, subtitle, 'soft')}
${parts.join('\n')}
</svg>
`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} [names] The names of CSS classes.
 * @param {'start' | 'middle' | 'end'} [anchor]
 */
export function text(x, y, content, names = '', anchor = 'start') {
  return `<text x="${roundTenths(x)}" y="${roundTenths(y)}" class="${names}" text-anchor="${anchor}">${escapeText(content)}</text>`;
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
export function gridLine(x1, y1, x2, y2) {
  return `<line class="grid" x1="${roundTenths(x1)}" y1="${roundTenths(y1)}" x2="${roundTenths(x2)}" y2="${roundTenths(y2)}"/>`;
}

/**
 * @param {readonly [number, number]} values Both greater than 0.
 * @param {readonly [number, number]} places
 * @returns {Scale}
 */
export function logarithmic([low, high], [from, to]) {
  const span = Math.log(high) - Math.log(low) || 1;
  return (value) => from + ((Math.log(value) - Math.log(low)) / span) * (to - from);
}

/** The powers of ten around all the values. @param {readonly number[]} values */
export function decades(values) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** Formats nanoseconds in the most readable unit. @param {number} ns */
export function duration(ns) {
  const [value, unit] =
    ns < 1e3
      ? [ns, 'ns']
      : ns < 1e6
        ? [ns / 1e3, 'µs']
        : ns < 1e9
          ? [ns / 1e6, 'ms']
          : [ns / 1e9, 's'];
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}

/** @param {string} engine The engine, whose colour is a CSS class. */
export function findColour(engine) {
  if (engine.startsWith('nhipol')) return 'nhipol';
  return engine.endsWith('handwritten') ? 'hand' : 'peer';
}

/** @param {number} value */
export function roundTenths(value) {
  return String(Math.round(value * 10) / 10);
}

/** @param {string} content */
function escapeText(content) {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
