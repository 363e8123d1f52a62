import { extname } from 'node:path';
import { ExplainedError } from '#core';
import { checkedDeployment } from '../../checked-deployment';
import { describeIssue } from '../../checks/described-issue';
import { InvalidDeployment } from '../../checks/invalid-deployment';
import { type Deployment, deploymentSchema } from '../../schema/deployment';
import { DeclaredValue } from './declared-value';
import { type DeclaredDocument, documentText, type DeclaredNode, placeOf } from './document';
import { jsonDocument } from './json-document';

/**
 * Loads the deployment of a file in YAML or JSON.
 *
 * @param path absolute
 * @param file name of the file in messages
 * @throws ExplainedError with the line and the column of each wrong field
 */
export function documentDeployment(path: string, file: string, env: NodeJS.ProcessEnv = process.env): Deployment {
  const text = documentText(path, file);
  const document = withoutSchema(extname(path) === '.json' ? jsonDocument(text, file) : parsedYaml(text, file));
  const { root } = document;
  if (root.kind !== 'object') {
    const got = root.kind === 'list' ? 'a list' : root.value === null ? 'nothing' : `a ${typeof root.value}`;
    throw new ExplainedError(
      `${file} must have the fields of a deployment, got ${got}; write vault, integrations and credentials at least`,
    );
  }
  const { value, problems, unset } = new DeclaredValue(root, deploymentSchema, env);
  if (problems.length > 0) {
    const texts = problems.map((each) => `${placeOf(document, each.path)}: ${describeIssue(each)}`);
    throw new InvalidDeployment(texts.join('; '));
  }
  return checkedDeployment(value, (problem, at) => {
    const place = placeOf(document, at);
    const names = unset.filter(({ path: field }) => at.length > 0 && at.every((key, index) => key === field[index]));
    const reason = names.length === 0 ? '' : ` (${names.map(({ variable }) => variable).join(', ')} is not set)`;
    return place === undefined ? problem : `${place}${reason}: ${problem}`;
  });
}

/** Only a declaration in YAML takes the time to load its parser. */
function parsedYaml(text: string, file: string): DeclaredDocument {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would have tsx start a thread
  return (require('./yaml-document') as typeof import('./yaml-document')).yamlDocument(text, file);
}

/** Editors read the place of the JSON Schema in field `$schema`. */
function withoutSchema({ text, root }: DeclaredDocument): DeclaredDocument {
  if (root.kind !== 'object' || !isText(root.fields.get('$schema')?.node)) {
    return { text, root };
  }
  return { text, root: { ...root, fields: new Map([...root.fields].filter(([name]) => name !== '$schema')) } };
}

function isText(node: DeclaredNode | undefined): boolean {
  return node?.kind === 'scalar' && typeof node.value === 'string';
}
