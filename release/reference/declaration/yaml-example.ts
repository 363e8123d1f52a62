import { runInNewContext } from 'node:vm';
import { stringify } from 'yaml';

/** Beginning of a PEM text, by the ending of the file that an example reads. */
function pemText(file: string): string {
  return `-----BEGIN ${file.endsWith('-key.pem') ? 'PUBLIC KEY' : 'CERTIFICATE'}-----\n...`;
}

/**
 * The value of an example, on one line of YAML.
 *
 * @param example TypeScript, as the tag of a doc comment has it
 */
export function yamlExample(example: string): string {
  const value: unknown = runInNewContext(`(${example})`, { readFileSync: pemText });
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false }).trimEnd();
}
