// The exports of the components that the playground and the console share.

export { AnswerLine } from './answer-line.tsx';
export { Effect } from './effect.tsx';
export { displayInstant } from './instant.ts';
export { ResponseText } from './response-text.tsx';
export { applyStoredScheme, Scheme } from './scheme.tsx';
export { Scrollable } from './scrollable.tsx';
export { SessionTimeline } from './timeline.tsx';
