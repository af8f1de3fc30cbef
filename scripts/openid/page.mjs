// The table of results in the page of the suite. In: the results of all runs. Out: the page with another table
// between two marks.

const outcomes = ['PASSED', 'WARNING', 'SKIPPED', 'REVIEW', 'FAILED', 'INTERRUPTED', 'TIMEOUT'];

/** `part`: the name of the marks. Throws if the page does not have them. */
export function withTable(page, part, results) {
  const [start, end] = [`<!-- ${part} -->\n`, `<!-- end of ${part} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no place for the results of ${part}`);
  return `${page.slice(0, from + start.length)}\n${formatTable(results)}\n${page.slice(to)}`;
}

function formatTable(results) {
  const lines = results.map(({ run, results: each }) => {
    const cells = [
      run.plan,
      Object.values(run.variant).join(', '),
      each.length,
      formatCounts(each),
    ];
    return `| ${[...cells, formatNotes(each)].join(' | ')} |`;
  });
  return [
    '| plan | variant | modules | results | not passed |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function formatCounts(results) {
  return outcomes
    .map((outcome) => [outcome, results.filter((each) => each.outcome === outcome).length])
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome.toLowerCase()}`)
    .join(', ');
}

function formatNotes(results) {
  return results
    .filter(({ outcome }) => outcome !== 'PASSED')
    .map(({ module, fault }) => `\`${module}\`${fault === undefined ? '' : ' (of the suite)'}`)
    .join(', ');
}
