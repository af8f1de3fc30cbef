// Bugs in what people see of others: texts on terminals and in the console, descriptions of tools, and calls to approve.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

const terminal = ['test/cli/terminal-text.test.ts'];
const approve = ['test/service/guard/approvals/guard-approve.test.ts'];

export const texts = [
  {
    id: 'controls-on-a-terminal',
    file: 'language/support/terminal-text.ts',
    find: '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]/gu',
    replace: '[\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]/gu',
    does: 'A text of another system clears the screen of an operator, and forges lines.',
    by: terminal,
  },
  {
    id: 'any-color-on-a-terminal',
    file: 'language/support/terminal-text.ts',
    find: '(?:1|22|3[1-46]|39)m',
    replace: '[\\d;]*m',
    does: 'A text of another system hides a part of itself in the color of the background.',
    by: terminal,
  },
  {
    id: 'message-of-several-lines',
    file: 'cli/io/console.ts',
    find: 'err(`${command}: ${displayText(text)}\\n`)',
    replace: 'err(`${command}: ${text}\\n`)',
    does: 'A receiver of events writes lines that look like messages of nhipol.',
    by: terminal,
  },
  {
    id: 'controls-in-a-call',
    file: 'service/support/visible-text.ts',
    find: '[\\p{Cc}\\p{Cf}\\p{Zl}',
    replace: '[\\p{Cf}\\p{Zl}',
    does: 'A person approves a call that clears the screen and shows another one.',
    by: approve,
  },
  {
    id: 'approved-by-a-program',
    file: 'cli/commands/guard/people/approve.ts',
    find: 'if (digest !== request.digest) {',
    replace: 'if (!request.digest.startsWith(digest)) {',
    does: 'A program approves a call that nobody saw, with the beginning of any digest.',
    by: approve,
  },
  {
    id: 'end-of-a-call-unseen',
    file: 'cli/commands/guard/people/approve.ts',
    find: 'if (rest <= 0) break;',
    replace: 'if (rest <= 0 || index >= pageLines * 20) break;',
    does: 'A person approves a call whose harmful end is not shown.',
    by: approve,
  },
  {
    id: 'bidirectional-name-in-console',
    file: 'web/console/state/visible-text.ts',
    find: "if (text.type === null && typeof text.props === 'string') text.props = toVisibleText(text.props);",
    replace: '',
    does: 'The console shows an identity under the name of another one.',
    by: ['test/console/state.test.ts'],
  },
  {
    id: 'hidden-characters-of-tools',
    file: 'cli/scan/marks.ts',
    find: '[\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]/gu',
    replace: '[\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}]/gu',
    does: 'A person does not see the instructions to a model in the description of a tool.',
    by: ['test/cli/marks.test.ts'],
  },
  {
    id: 'marked-tool-permitted',
    file: 'cli/scan/classify-tool.ts',
    find: "if (marks.length > 0) return 'marked';",
    replace: "if (marks.length > 0 && readOnlyHint !== true) return 'marked';",
    does: 'A tool that instructs the model is permitted because it states that it only reads.',
    by: ['test/cli/classify-tool.test.ts'],
  },
  {
    id: 'reading-tool-carries-out',
    file: 'cli/scan/classify-tool.ts',
    find: "openWorldHint === false ? 'read' : 'exit'",
    replace: "openWorldHint !== true ? 'read' : 'exit'",
    does: 'A tool that only reads carries data out in its arguments, without an approval.',
    by: ['test/cli/classify-tool.test.ts'],
  },
];
