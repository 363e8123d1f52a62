import {
  goPlatform,
  PLATFORMS,
  platformProblem,
  PREBUILT_PLATFORMS,
} from '../../../../lib/declaration/schema/platform';

it.each([
  ['linux/amd64', 'linux/x64'],
  ['Linux/x86_64', 'linux/x64'],
  ['linux/aarch64', 'linux/arm64'],
  ['macos/arm64', 'darwin/arm64'],
  ['linux/386', 'linux/ia32'],
  ['linux/x46', 'linux/x64'],
  ['linux-x64', 'linux/x64'],
])('another name of a platform, or a slip, is corrected: %s', (word, meant) => {
  expect(platformProblem(word)).toBe(`must be a platform such as "linux/x64", got "${word}"; did you mean "${meant}"?`);
});

it('a word without a similar platform lists them all', () => {
  expect(platformProblem('plan9/mips')).toMatch(/, got "plan9\/mips"; use one of "linux\/x64", .*, "openbsd\/x64"$/);
});

it('Go gets its own names of a platform', () => {
  expect(PLATFORMS.map((platform) => Object.values(goPlatform(platform)).join('/'))).toEqual(
    expect.arrayContaining(['linux/amd64', 'linux/arm64', 'darwin/amd64', 'linux/386', 'linux/ppc64le']),
  );
  expect(PREBUILT_PLATFORMS.map(goPlatform)).toHaveLength(4);
});
