// The requests for which a generated path or call can be read.

/**
 * The scope that a group must have to read a path: any, a subject of any type, one of a type, … `actions`: several
 * actions, some of which declare it.
 */
export type Reach = 'always' | 'subject' | 'agent' | 'job' | 'run' | 'actions' | 'door' | 'card';
