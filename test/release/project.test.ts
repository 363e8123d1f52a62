import { ownAddresses, PLACEHOLDERS } from '../../release/project';

it.each([
  [{ repository: null, homepage: null, bugs: null }, 'repository, homepage, bugs'],
  [{ repository: 'https://example.com/a', homepage: 'https://example.com/b' }, 'bugs'],
  [{ ...PLACEHOLDERS, homepage: 'http://example.com' }, 'homepage'],
  [{ ...PLACEHOLDERS, repository: 'owner/name' }, 'repository'],
])('%j is refused, because it lacks an address', (project, names) => {
  expect(() => ownAddresses(JSON.stringify(project))).toThrow(
    `release/project.json has no ${names}, which every published package needs; ask the owner for the address`,
  );
});

it('three addresses are accepted', () => {
  expect(ownAddresses(JSON.stringify({ ...PLACEHOLDERS, npm: {} }))).toEqual(PLACEHOLDERS);
});
