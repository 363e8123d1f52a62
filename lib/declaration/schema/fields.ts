import { inspect } from 'node:util';
import { allowsHttp, isPlainHttp, quotedList } from '#core';
import { z } from 'zod';
import { rules } from './rules';
import { similarName } from './similar-name';

/*
 * Schemas that fields of several objects share.
 */

/** An object with these fields and no others. */
export type StrictObject<Shape extends z.core.$ZodLooseShape> = z.ZodObject<Shape, z.core.$strict>;

/**
 * An object with these fields. Its error about an unknown field lists the known ones.
 *
 * @param refused advice for fields that people may expect and that are refused, by name
 */
export function strictObject<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  refused: Readonly<Record<string, string>> = {},
): StrictObject<Shape> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownField(key, Object.keys(shape), refused)).join(', ')
        : undefined,
  });
}

function unknownField(key: string, known: readonly string[], refused: Readonly<Record<string, string>>): string {
  const field = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (Object.hasOwn(refused, field)) {
    return `must not have ${key}, ${refused[field]}`;
  }
  const meant = similarName(key, known);
  const advice = meant === undefined ? `; it may have ${quotedList(known)}` : `; did you mean "${meant}"?`;
  return `has no field "${key}"${advice}`;
}

/**
 * Gives the type of a shape a name. Without a name, compiled types would repeat the shape and lose its doc comments.
 */
export type Fields<Shape> = { [Name in keyof Shape]: Shape[Name] };

/** A name that needs no escaping in a path of Vault or in an id of Terraform. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, {
    error: ({ input }) => `must be letters, digits, "-" or "_", got "${String(input)}"; rename it`,
  })
  .register(rules, { rule: 'letters, digits, "-" or "_"; a letter or a digit comes first' });

/** The path of a mount or of a namespace. */
export const path = z
  .string()
  .superRefine(requirePath)
  .register(rules, { rule: 'letters, digits, "-", "_" or "/", without "/" at either end' });

function requirePath(value: string, context: z.core.$RefinementCtx): void {
  const trimmed = value.replace(/^\/+|\/+$/g, '');
  if (value === '' || value !== trimmed) {
    const problem = value.startsWith('/') ? 'must not start with "/"' : 'must not be empty or end with "/"';
    context.addIssue(`${problem}, got "${value}"; use "${trimmed || 'oauthapp'}"`);
  } else if (value.includes('//')) {
    context.addIssue(`must not have "//" in it, got "${value}"; use "${value.replaceAll(/\/+/g, '/')}"`);
  } else if (!/^[A-Za-z0-9_/-]+$/.test(value)) {
    context.addIssue(`must be letters, digits, "-", "_" or "/", got "${value}"; rename it`);
  }
}

/** A URL. Slashes at its end are removed, because paths follow it. */
const httpUrl = z
  .string()
  .overwrite((value) => value.replace(/\/+$/, ''))
  .superRefine(requireUrl);

const HTTPS_RULE = 'an https URL, or an http URL on loopback, without user, query and fragment';

/** A URL that other programs compare letter by letter, so it is not changed. */
export const httpsUrl = z
  .string()
  .superRefine(requireUrl)
  .superRefine(requireTls)
  .register(rules, { rule: HTTPS_RULE });

/** As {@link httpsUrl}, but slashes at its end are removed. */
export const httpsBaseUrl = httpUrl.superRefine(requireTls).register(rules, { rule: HTTPS_RULE });

/** Address of a Vault. The environment must permit plain HTTP to another machine. */
export const vaultUrl = httpUrl.superRefine(requireVaultUrl).register(rules, {
  rule: 'an https URL, or an http URL on loopback; VAULT_ALLOW_HTTP=true permits other http URLs',
});

function requireVaultUrl(value: string, context: z.core.$RefinementCtx): void {
  if (isPlainHttp(value) && !allowsHttp()) {
    context.addIssue(
      `must be https, because tokens go there, got "${value}"; use "${value.replace(/^http:/, 'https:')}", or set VAULT_ALLOW_HTTP=true if a service mesh encrypts`,
    );
  }
}

function requireUrl(value: string, context: z.core.$RefinementCtx): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    context.addIssue(`must be an http or https URL, got "${value}"; write it like "https://host.example"`);
  } else if (url.username || url.password) {
    context.addIssue('must hold no user and password, because a declaration holds no secret; leave them out');
  } else if (url.search || url.hash) {
    context.addIssue(
      `must have no query and no fragment, got "${value}"; leave out the part from "${url.search ? '?' : '#'}" on`,
    );
  }
}

function requireTls(value: string, context: z.core.$RefinementCtx): void {
  if (isPlainHttp(value)) {
    context.addIssue(
      `must be https, because tokens go there, got "${value}"; use "${value.replace(/^http:/, 'https:')}"`,
    );
  }
}

/** Shows any value in a message. Some values of JavaScript have no JSON. */
export function described(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 0, breakLength: Infinity, maxArrayLength: 3, maxStringLength: 40, customInspect: false });
}

/** @param advice for a number outside the bounds @default "give one in these bounds" */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER, advice?: string): z.ZodInt {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const error = ({ input }: { readonly input?: unknown }): string => {
    return `must be a whole number ${bounds}, got ${described(input)}; ${advice ?? 'give one in these bounds'}`;
  };
  const number = z.int({ error }).min(least, { error });
  return most === Number.MAX_SAFE_INTEGER ? number : number.max(most, { error });
}

export const seconds = z.int({ error: 'must be a whole number of seconds' }).nonnegative();
