import { ExplainedError } from '#core';

export interface ImageName {
  /** @default "docker.io" */
  readonly registry: string;
  readonly repository: string;
  /** With its digest, where it has one. */
  readonly tag: string;
}

/**
 * As Docker reads it: what has a dot, a colon or is `localhost` before the first slash is a registry.
 *
 * @param field of `vault.server` that it is from
 * @throws ExplainedError where it is none, or has no tag
 */
export function imageName(text: string, field: 'image' | 'pluginImage'): ImageName {
  const [, name = '', tag, digest] =
    /^([A-Za-z0-9][\w./:-]*?)(?::([\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(text) ?? [];
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (name === '' || tag === undefined) {
    throw new ExplainedError(
      `vault.server.${field} must be an image with its tag, got "${text}"; write it like "openbao/openbao:2.7.2", with its digest behind it if you like`,
    );
  }
  return {
    registry: hasRegistry ? first : 'docker.io',
    repository: hasRegistry ? rest.join('/') : name,
    tag: `${tag}${digest ?? ''}`,
  };
}
