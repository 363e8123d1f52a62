import type { Answers } from './answers';
import { declarationText } from './declaration-text';
import { DEPENDENCIES } from './exact-versions';
import { readmeText } from './readme-text';

/** Logins, state and whatever can be made again. */
const IGNORED = [
  'node_modules/',
  'cdktf.out/',
  'plugins/',
  'secrets/',
  '*.tfstate',
  '*.tfstate.*',
  '*.secret-id',
  '*.snap',
];

/**
 * The files of a new deployment by name. The first one is the same for all answers, so that two runs at once meet there.
 *
 * @param name the name of the package
 */
export function scaffold(
  name: string,
  answers: Answers,
  { isYaml }: { readonly isYaml: boolean },
): Record<string, string> {
  const manifest = {
    name,
    private: true,
    engines: { node: '>=20.19' },
    dependencies: DEPENDENCIES,
  };
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    '.gitignore': `${IGNORED.join('\n')}\n`,
    [isYaml ? 'deployment.yaml' : 'deployment.ts']: declarationText(answers, { isYaml }),
    'README.md': readmeText(name, answers, { isYaml }),
  };
}
