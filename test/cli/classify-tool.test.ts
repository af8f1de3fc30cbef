// Which rules `nhipol guard scan` writes for a tool: by its hints, by `--reads` and `--writes`, by its name, and by the marks in
// its description.

import { describe, expect, test } from 'vitest';
import { classifyTool, type ToolKind } from '../../cli/scan/classify-tool.ts';

const none = { reads: [], writes: [] };
const mark = { path: 'description', text: 'hidden characters: U+200B' };

function findKind(
  name: string,
  annotations: object,
  choices: { reads: readonly string[]; writes: readonly string[] } = none,
  marks: readonly (typeof mark)[] = [],
): ToolKind {
  return classifyTool({ name, annotations: { ...annotations }, marks, inputSchema: {} }, choices);
}

test.each<[object, ToolKind]>([
  [{ readOnlyHint: true, openWorldHint: false }, 'read'],
  [{ readOnlyHint: true, openWorldHint: true }, 'exit'],
  [{ readOnlyHint: true }, 'exit'],
  [{ readOnlyHint: true, openWorldHint: 'false' }, 'exit'],
  [{ readOnlyHint: false, openWorldHint: false }, 'write'],
  [{ readOnlyHint: 'true', openWorldHint: false }, 'unclassified'],
  [{ openWorldHint: false }, 'unclassified'],
  [{ destructiveHint: false }, 'unclassified'],
])('the hints %j make it %s', (annotations, kind) => {
  expect(findKind('tool', annotations)).toBe(kind);
});

describe('the choices of the person who scans', () => {
  const choices = { reads: ['get_*', 'fetch'], writes: ['*_all'] };

  test.each<[string, object, ToolKind]>([
    ['get_mail', {}, 'read'],
    ['get_mail', { readOnlyHint: true, openWorldHint: true }, 'read'],
    ['fetch', { readOnlyHint: true }, 'read'],
    ['get_mail', { readOnlyHint: false }, 'write'],
    ['get_all', {}, 'write'],
    ['read_all', { readOnlyHint: true, openWorldHint: false }, 'write'],
    ['forget_mail', {}, 'unclassified'],
    ['xget_mail', {}, 'unclassified'],
  ])('%s with the hints %j is %s', (name, annotations, kind) => {
    expect(findKind(name, annotations, choices)).toBe(kind);
  });

  test('a pattern is literal but for its asterisks', () => {
    expect(findKind('getxmail', {}, { reads: ['get.mail'], writes: [] })).toBe('unclassified');
    expect(findKind('a\nb', {}, { reads: ['a*b'], writes: [] })).toBe('read');
  });
});

test('a marked tool is permitted only by its whole name', () => {
  const hints = { readOnlyHint: true, openWorldHint: false };
  expect(findKind('get_mail', hints, none, [mark])).toBe('marked');
  expect(findKind('get_mail', {}, { reads: ['get_*'], writes: [] }, [mark])).toBe('marked');
  expect(findKind('get_mail', {}, { reads: ['get_mail'], writes: [] }, [mark])).toBe('read');
  expect(findKind('get_mail', { readOnlyHint: false }, none, [mark])).toBe('write');
});

/** The tools of AgentDojo, which state nothing about themselves. */
const agentDojo =
  `add_calendar_event_participants add_user_to_channel append_to_file cancel_calendar_event
  check_restaurant_opening_hours create_calendar_event create_file delete_email delete_file download_file
  get_all_car_rental_companies_in_city get_all_hotels_in_city get_all_restaurants_in_city get_balance get_car_fuel_options
  get_car_price_per_day get_car_rental_address get_car_types_available get_channels get_contact_information_for_restaurants
  get_cuisine_type_for_restaurants get_current_day get_day_calendar_events get_dietary_restrictions_for_all_restaurants
  get_draft_emails get_file_by_id get_flight_information get_hotels_address get_hotels_prices get_iban
  get_most_recent_transactions get_price_for_restaurants get_rating_reviews_for_car_rental get_rating_reviews_for_hotels
  get_rating_reviews_for_restaurants get_received_emails get_restaurants_address get_scheduled_transactions get_sent_emails
  get_unread_emails get_user_info get_user_information get_users_in_channel get_webpage invite_user_to_slack list_files next_id
  post_webpage read_channel_messages read_file read_inbox remove_user_from_slack reschedule_calendar_event reserve_car_rental
  reserve_hotel reserve_restaurant schedule_transaction search_calendar_events search_contacts_by_email
  search_contacts_by_name search_emails search_files search_files_by_filename send_channel_message send_direct_message
  send_email send_money set_balance set_iban share_file standardize_url update_password update_scheduled_transaction
  update_user_info`.split(/\s+/);

describe('names of tools that state nothing', () => {
  test('are classified, and never permitted', () => {
    const kinds = agentDojo.map((name) => [name, findKind(name, {})] as const);
    const filterKinds = (kind: ToolKind) => kinds.filter(([, each]) => each === kind);
    expect(filterKinds('unclassified').map(([name]) => name)).toEqual([
      'next_id',
      'standardize_url',
    ]);
    expect([filterKinds('guess').length, filterKinds('write').length]).toEqual([45, 27]);
    expect(filterKinds('read')).toEqual([]);
  });

  test.each<[string, ToolKind]>([
    ['github_createIssue', 'write'],
    ['github.list-issues', 'guess'],
    ['listAndDelete', 'write'],
    ['browser_snapshot_get', 'unclassified'],
    ['settings', 'unclassified'],
  ])('%s is %s', (name, kind) => {
    expect(findKind(name, {})).toBe(kind);
  });
});
