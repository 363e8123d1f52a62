/** The parts of a stack, as in Terraform's usual layout. All other blocks are in `main.tf.json`. */
const FILES: Readonly<Record<string, string>> = {
  terraform: 'terraform.tf.json',
  provider: 'providers.tf.json',
  variable: 'variables.tf.json',
  output: 'outputs.tf.json',
};

const MAIN = 'main.tf.json';

/** Splits Terraform's JSON of a stack. @returns the texts of the files by their names */
export function terraformFiles(configuration: Readonly<Record<string, unknown>>): Record<string, string> {
  const files = new Map<string, Record<string, unknown>>();
  for (const [block, content] of Object.entries(configuration)) {
    const file = FILES[block] ?? MAIN;
    files.set(file, { ...files.get(file), [block]: content });
  }
  return Object.fromEntries([...files].map(([file, content]) => [file, `${JSON.stringify(content, undefined, 2)}\n`]));
}
