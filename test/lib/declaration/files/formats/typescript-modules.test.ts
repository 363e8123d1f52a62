import { registerTypeScript } from '../../../../../lib/declaration/files/formats/typescript-modules';

describe('modules in TypeScript', () => {
  const missing = () =>
    Promise.reject(Object.assign(new Error("Cannot find package 'tsx'"), { code: 'ERR_MODULE_NOT_FOUND' }));

  it('tsx loads a module if it is installed', async () => {
    const register = jest.fn();
    await registerTypeScript(
      'deployment.ts',
      () => Promise.resolve({ register }),
      () => false,
    );
    expect(register).toHaveBeenCalledTimes(1);
  });

  it('Node loads a module if tsx is missing', async () => {
    await expect(registerTypeScript('deployment.ts', missing, () => true)).resolves.toBeUndefined();
  });

  it('a module in JavaScript needs neither', async () => {
    await expect(registerTypeScript('deployment.mjs', missing, () => false)).resolves.toBeUndefined();
  });

  it.each(['deployment.ts', 'deployment.mts', 'deployment.cts'])(
    'the refusal of %s names the ways out',
    async (file) => {
      await expect(registerTypeScript(file, missing, () => false)).rejects.toThrow(
        `${file} is TypeScript, but tsx is not installed here, and Node ${process.versions.node} cannot read it; take Node 24, or declare in YAML or JSON`,
      );
    },
  );

  it('a broken tsx is not taken for a missing one', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    await expect(registerTypeScript('deployment.ts', broken, () => true)).rejects.toThrow('broken');
  });
});
