import { ExplainedError } from 'webex-token-client/core';
import { declaringFile } from '../declaration/deployment-file';

/** Longest name that may be the value of a label as well, in characters. */
const LONGEST = 63;

/**
 * Name of an object in Kubernetes for what the declaration calls so, part by part: in lower case, "-" for "_".
 *
 * @throws ExplainedError where it would be longer than Kubernetes takes
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
export function kubernetesName(...parts: readonly string[]): string {
  const name = parts
    .map((part) => part.toLowerCase().replaceAll('_', '-'))
    .join('-')
    .replace(/-+$/, '');
  if (name.length > LONGEST) {
    throw new ExplainedError(
      `"${name}" would be the name of an object in Kubernetes, which takes ${LONGEST} characters at most, got ${name.length}; use shorter names in ${declaringFile()} (renamedFrom keeps an app's role)`,
    );
  }
  return name;
}
