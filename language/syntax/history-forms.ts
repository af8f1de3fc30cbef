// The forms of history terms, and what each takes besides one kind of event. A new form has a row here.

import type { HistoryForm } from './ast.ts';

interface FormRow {
  /** Whether it takes a window, `within 10m`, and the events of all sessions. */
  readonly hasWindow: boolean;
  /** Whether it takes a second kind of event, as its start. */
  readonly hasStart: boolean;
  /** Whether it adds a member of the events. */
  readonly hasMember: boolean;
}

const ofEvents: FormRow = { hasWindow: true, hasStart: false, hasMember: false };

export const historyForms: Readonly<Record<HistoryForm, FormRow>> = {
  once: ofEvents,
  count: ofEvents,
  sum: { ...ofEvents, hasMember: true },
  since: { hasWindow: false, hasStart: true, hasMember: false },
  last: { hasWindow: false, hasStart: false, hasMember: false },
};

/** The forms by their names in a policy. */
export const historyFormNames = Object.keys(historyForms) as readonly HistoryForm[];
