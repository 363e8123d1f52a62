import { parseArguments } from '../../create/src/arguments';
import { checkPackageName } from '../../create/src/package-name';

it('a command line gives the folder, the Vault, the owner and the format', () => {
  expect(parseArguments(['my-grants', '--vault', 'https://v.example', '--owner', 'ada@example.com', '--yaml'])).toEqual(
    {
      kind: 'create',
      folder: 'my-grants',
      vault: 'https://v.example',
      owner: 'ada@example.com',
      isYaml: true,
      isSilent: false,
    },
  );
  expect(parseArguments(['-y'])).toMatchObject({ kind: 'create', folder: undefined, isSilent: true });
  expect(parseArguments(['--yes', '--help'])).toMatchObject({ kind: 'help' });
});

it.each([
  [['a', 'b'], 'got more than one folder: "a", "b"; name one'],
  [['--yess'], "Unknown option '--yess'; see npm create webex-token-vault -- --help"],
  [['--vault'], "Option '--vault <value>' argument missing; see npm create webex-token-vault -- --help"],
  [
    ['--vault', 'vault.example.com'],
    'the address of Vault is a URL, got "vault.example.com"; write it like https://vault.example.com:8200',
  ],
  [['--vault', "https://v'.example"], /^the address of Vault is a URL/],
  [['--vault', 'https://ada:pw@v.example'], /^the address of Vault contains a user or a password/],
  [
    ['--vault', 'http://vault.example.com'],
    'http://vault.example.com would get tokens unencrypted over the network; use https',
  ],
  [['--owner', 'ada'], 'the owner is the email of an account, got "ada"; write it like ada@example.com'],
])('a command line is refused in one line: %j', (args, message) => {
  expect(() => parseArguments(args)).toThrow(message);
});

it.each(['my-grants', 'grants.2026', '7', 'a'.repeat(214)])('a folder may have the name of a package: %s', (name) => {
  expect(() => checkPackageName(name)).not.toThrow();
});

it.each(['My-Grants', 'my grants', '.grants', '_grants', '-grants', 'grünts', "it's", ''])(
  'a folder with a name that npm refuses is refused: %s',
  (name) => {
    expect(() => checkPackageName(name)).toThrow(
      `npm refuses "${name}" as the name of a package; name the folder in lower case, with letters, digits, ".", "-" or "_", like my-grants`,
    );
  },
);

it('a folder with a reserved or a long name is refused for that reason', () => {
  expect(() => checkPackageName('node_modules')).toThrow('npm reserves the name "node_modules"; name the folder ');
  expect(() => checkPackageName('a'.repeat(215))).toThrow(
    'npm takes at most 214 letters for the name of a package, got 215',
  );
});
