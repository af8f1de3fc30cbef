// Tabs, as in the ARIA Authoring Practices Guide: the arrow keys choose a tab, and Tab moves to its panel.

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { ShownContext } from './use-latest.ts';

interface Tab {
  readonly id: string;
  readonly title: string;
}

export interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function TabList({ label, tabs, chosen, onChoose }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const index = tabs.findIndex(({ id }) => id === chosen);
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: (index + 1) % tabs.length,
      ArrowLeft: (index + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const next = tabs[targets[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === chosen}
          aria-controls={`panel-${id}`}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

interface PanelProps {
  readonly id: string;
  readonly chosen: string;
  readonly children: ComponentChildren;
}

/** A panel has its contents from when it is first shown; when it is hidden, they stay with their state and compute nothing. */
export function TabPanel({ id, chosen, children }: PanelProps) {
  const isShown = id === chosen;
  const wasShown = useRef(false);
  wasShown.current ||= isShown;
  return (
    <section
      id={`panel-${id}`}
      class="panel"
      role="tabpanel"
      aria-labelledby={`tab-${id}`}
      hidden={!isShown}
    >
      <ShownContext.Provider value={isShown}>{wasShown.current && children}</ShownContext.Provider>
    </section>
  );
}
