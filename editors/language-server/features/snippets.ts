// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of snippets
// Snippets for each form of rule and declaration, in the syntax of the protocol. The extension for VS Code offers the
// same ones.

export interface PolicySnippet {
  readonly word: string;
  readonly title: string;
  readonly body: string;
}

export const ruleSnippets: readonly PolicySnippet[] = [
  {
    word: 'permit',
    title: 'a rule that permits',
    body: 'permit ${1:name} when ${2:condition}',
  },
  {
    word: 'deny',
    title: 'a rule that denies, also if its condition is unknown',
    body: 'deny ${1:name} when ${2:condition}\n  because "${3:reason}"',
  },
  {
    word: 'challenge',
    title: 'a rule that requires an approval or a step-up',
    body: 'challenge ${1:name} when ${2:condition}\n  with ${3:obligation} { $4 }\n  because "${5:reason}"',
  },
  {
    word: 'narrow',
    title: 'a rule that permits within constraints',
    body: 'narrow ${1:name} when ${2:condition}\n  to { ${3:constraint}: ${4:value} }',
  },
  {
    word: 'revoke',
    title: 'a rule that ends the session',
    body: 'revoke ${1:name} when ${2:condition}\n  because "${3:reason}"',
  },
  { word: 'let', title: 'a name for a value', body: 'let ${1:name} = ${2:value}' },
  {
    word: 'given',
    title: 'rules about a value that may be unknown',
    body: 'given ${1:name} = ${2:value} {\n  $3\n} otherwise {\n  $4\n}',
  },
  {
    word: 'score',
    title: 'a sum of weights with an effect',
    body: 'score ${1:name} {\n  ${2:condition} counts ${3:1} when ${4:condition}\n  from ${5:2} deny\n}',
  },
];

export const itemSnippets: readonly PolicySnippet[] = [
  { word: 'policy', title: 'the header', body: 'policy ${1:name} version "${2:0.1.0}"' },
  {
    word: 'use',
    title: 'names of another file',
    body: 'use { ${1:Name} } from "${2:file.nhipol}"',
  },
  { word: 'subject', title: 'a kind of identity', body: 'subject ${1:ai_agent} { $2 }' },
  { word: 'action', title: 'an action', body: 'action "${1:name}" { $2 }' },
  { word: 'resource', title: 'a kind of resource', body: 'resource ${1:name} { $2 }' },
  { word: 'context', title: 'facts of a request', body: 'context { time: Timestamp$1 }' },
  {
    word: 'record',
    title: 'a type with members',
    body: 'record ${1:Name} { ${2:member}: ${3:String} }',
  },
  { word: 'enum', title: 'a type with named values', body: 'enum ${1:Name} { ${2:A}, ${3:B} }' },
  { word: 'const', title: 'a constant', body: 'const ${1:name} = ${2:value}' },
  {
    word: 'table',
    title: 'values by key',
    body: 'table ${1:name}: String -> ${2:String} {\n  "${3:key}": ${4:value}\n}',
  },
  {
    word: 'constraint',
    title: 'a limit that rules set',
    body: 'constraint ${1:name}: ${2:Int} smallest wins',
  },
  {
    word: 'obligation',
    title: 'a duty of the enforcement point',
    body: 'obligation ${1:name}: ${2:step_up} { $3 }',
  },
  {
    word: 'predicate',
    title: 'a condition with a name',
    body: 'predicate ${1:name}(${2:value}: ${3:String}) = ${4:condition}',
  },
  {
    word: 'for',
    title: 'a group of rules',
    body: 'for ${1:ai_agent} doing "${2:action}" {\n  $3\n}',
  },
  {
    word: 'test',
    title: 'a request with its expected answer',
    body: 'test "${1:name}" {\n  request {\n    subject: { type: "${2:ai_agent}", id: "${3:id}" },\n    action: { name: "${4:action}" },\n    resource: { type: "${5:type}", id: "${6:id}" }\n  }\n  expect ${7:permit}\n}',
  },
  {
    word: 'invariant',
    title: 'a claim about every request',
    body: 'invariant "${1:claim}" for ${2:ai_agent}\n  ${3:condition} implies effect >= ${4:deny}',
  },
];
