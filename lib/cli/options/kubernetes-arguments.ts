import { InvalidArgumentError } from 'commander';

/*
 * Arguments that are checked here, because a cluster would refuse them only with the manifests.
 */

/** An image of a container. */
export function imageName(value: string): string {
  if (!/^\S+$/.test(value)) {
    throw new InvalidArgumentError(
      `It must be an image like "registry.example.com/people-me:1.0.0", without white space, got "${value}".`,
    );
  }
  return value;
}

/**
 * The name of an object.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/, subdomain
 */
export function objectName(value: string): string {
  if (!/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(value)) {
    throw new InvalidArgumentError(
      `It must be the name of a Secret, of lower-case letters, digits, "-" and ".", got "${value}".`,
    );
  }
  return value;
}
