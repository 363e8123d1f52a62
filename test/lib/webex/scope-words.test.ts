import { scopeWords } from '../../../lib/webex/scope-words';

it('a scope has the words of Webex', () => {
  expect(scopeWords('spark:people_read')).toBe("Read your users' company directory");
  expect(scopeWords('spark-admin:messages_write')).toContain('all rooms/spaces');
});

it.each(['spark:made_up', 'constructor', '', 'SPARK:ALL'])('the unknown scope %j has no words', (scope) => {
  expect(scopeWords(scope)).toBeUndefined();
});
