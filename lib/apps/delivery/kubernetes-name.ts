import { ExplainedError, quotedList } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import type { App, Deployment } from '../../declaration/schema/deployment';

/** Longest label, in characters. */
const LONGEST_LABEL = 63;

/** Longest name of several labels, in characters. */
const LONGEST = 253;

/**
 * Name of an object in Kubernetes: a label for each name of the declaration, in lower case, with "-" for "_". Labels are
 * joined by a dot, which none of them has. Joined by "-", two pairs of names could make the same text.
 *
 * @throws ExplainedError if it is longer than Kubernetes allows
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
export function kubernetesName(...parts: readonly string[]): string {
  const labels = parts.map(labelOf);
  labels.forEach((label) => requireLength(label, LONGEST_LABEL));
  const name = labels.join('.');
  requireLength(name, LONGEST);
  return name;
}

/**
 * Keeps two apps of a namespace from sharing objects, because each may read other credentials.
 *
 * @throws ExplainedError if another app of that namespace has the same name in Kubernetes
 */
export function requireOwnName({ apps }: Deployment, app: App, namespace: string): void {
  const own = labelOf(app.name);
  const others = apps.filter(
    ({ name, identity }) =>
      name !== app.name && identity?.kubernetes?.namespaces.includes(namespace) === true && labelOf(name) === own,
  );
  if (others.length > 0) {
    const names = [app, ...others].map(({ name }) => name);
    throw new ExplainedError(
      `apps ${quotedList(names)} would share the objects "${own}" in namespace "${namespace}". Names in Kubernetes have neither "_" nor upper case; rename one in ${declaringFile()} (vaultName keeps its role), or use another namespace`,
    );
  }
}

function labelOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-').replace(/-+$/, '');
}

function requireLength(name: string, longest: number): void {
  if (name.length > longest) {
    throw new ExplainedError(
      `"${name}" is too long for the name of an object in Kubernetes: ${longest} characters at most, got ${name.length}; use shorter names in ${declaringFile()} (vaultName keeps an app's role)`,
    );
  }
}
