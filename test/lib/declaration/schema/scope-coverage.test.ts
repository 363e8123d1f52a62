import { uncovered } from '../../../../lib/declaration/schema/scope-coverage';

it.each([
  ['another order', ['a:one', 'b:two'], ['b:two', 'a:one'], []],
  ['a repeated scope', ['a:one', 'a:one'], ['a:one'], []],
  ['further scopes', ['spark:people_read'], ['spark:kms', 'spark:people_read', 'spark:rooms_read'], []],
  ['no scope', ['b:two', 'a:one', 'b:two'], [], ['b:two', 'a:one']],
  ['a scope that begins alike', ['spark:people_read'], ['spark:people_readers'], ['spark:people_read']],
  ['all scopes of a user', ['spark:people_read', 'spark:all'], ['spark:all'], []],
  [
    'all scopes of a user, and none of an administrator or of meetings',
    ['spark-admin:people_read', 'meeting:schedules_read', 'analytics:read_all'],
    ['spark:all'],
    ['spark-admin:people_read', 'meeting:schedules_read', 'analytics:read_all'],
  ],
  [
    'all scopes of a user, without those that are requested beside it',
    ['spark:kms', 'spark:applications_token'],
    ['spark:all'],
    ['spark:kms', 'spark:applications_token'],
  ],
  ['single scopes of a user instead of all', ['spark:all'], ['spark:people_read', 'spark:rooms_read'], ['spark:all']],
])('the comparison takes %s', (_, wanted, scopes, missing) => {
  expect(uncovered(wanted, scopes)).toEqual(missing);
});
