// Policies with many rules: one group each, or all in one; with conditions over the same few constants,
// or over different ones.

export interface Large {
  readonly rules: number;
  readonly grouped: boolean;
  readonly constants: 'few' | 'own';
}

const effects = ['permit', 'deny', 'permit', 'challenge'] as const;

export function largePolicy({ rules, grouped, constants }: Large): string {
  const texts = Array.from({ length: rules }, (_, at) => {
    const level = constants === 'own' ? at : at % 5;
    const when = `context.risk < ${20 + (at % 6)} and subject.level > ${level} and subject.environment is resource.environment`;
    return `${effects[at % effects.length]} rule_${at} when ${when}`;
  });
  const groups = grouped
    ? [`for agent doing act on any {\n${texts.join('\n')}\n}`]
    : texts.map((text, at) => `for agent doing "act.${at}" on any {\n${text}\n}`);
  return `policy big
subject agent { environment?: String, level?: Int }
action any {}
resource any { environment?: String }
context { time: Timestamp, risk?: Int(0..100) }
${groups.join('\n')}
`;
}
