// What became of the planted bugs, as a page.

export function tablePage(floors, noticed) {
  const bugs = floors.flatMap((floor) => floor.bugs);
  const missed = bugs.filter(({ id }) => noticed[id] == null);
  const became = bugs.filter(({ becameTest }) => becameTest);
  return `# Planted bugs

Bugs that a person could have made, planted one at a time, and the first test that notices each.
${told(bugs, missed, became)}

Written by \`npm run planted-bugs\`; the bugs themselves are data in \`scripts/planted/\`.
${floors.map((floor) => section(floor, noticed)).join('')}`;
}

function told(bugs, missed, became) {
  const notice = missed.length === 0 ? 'a test notices each' : `no test notices ${missed.length}`;
  return `There are ${bugs.length}, and ${notice}. ${became.length} of them were noticed by none of the tests that were asked when they
were first planted, those of their floor and the likely ones, and are marked: a test was written for each.`;
}

function section({ title, bugs }, noticed) {
  return `
## ${title}

| Bug | What it does to a user | Noticed by |
|---|---|---|
${bugs.map((bug) => row(bug, noticed[bug.id])).join('')}`;
}

function row({ id, file, does, becameTest }, by) {
  const where =
    by == null
      ? '**no test**'
      : `${becameTest ? '**became a test:** ' : ''}\`${by.file}\`<br>${cell(by.test)}`;
  return `| \`${id}\`<br>\`${file}\` | ${cell(does)} | ${where} |\n`;
}

/** Text between the bars of a row: what would be markup is not, but for what stands between backticks. */
function cell(text) {
  const parts = text.replace(/\s+/g, ' ').split(/(`[^`]*`)/);
  return parts
    .map((part, at) => (at % 2 === 0 ? plain(part) : part.replaceAll('|', '\\|')))
    .join('');
}

function plain(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\|*_[\]~#`]/g, '\\$&');
}
