import { ExplainedError } from './explained-error';
import { oneLine } from './safe-text';

/*
 * Rules about the requests that the proxy forwards, from a declaration, a command line or a variable.
 */

/** A rule such as `GET /v1/people/*`, compiled. */
export interface AllowRule {
  /** The rule as it was written. */
  readonly text: string;
  /** Method in upper case, or `*` for any method. */
  readonly method: string;
  /** The exact path, or a pattern of paths. */
  readonly path: string | RegExp;
}

/** Notation of a rule in words. */
export const ALLOW_RULE_NOTATION =
  'a method or "*", a space and a path, in which "*" is one segment, and "**" at the end is one or more';

const METHOD = /^[A-Z]+(?:-[A-Z]+)*$/;

/** Methods that the proxy never forwards. */
const NEVER_FORWARDED = ['CONNECT', 'TRACE'];

/**
 * Reads a rule. Letter case counts in its path. `GET` does not include `HEAD`.
 *
 * @param text such as `GET /v1/people/*`, or `* /v1/rooms/**`
 * @throws ExplainedError if no request can match the rule, or the rule has another meaning in similar notations
 */
export function parseAllowRule(text: string): AllowRule {
  const problem = allowRuleProblem(text);
  if (problem !== undefined) {
    throw new ExplainedError(`an allow rule ${problem}`);
  }
  const [method = '', path = ''] = text.split(' ');
  return { text, method, path: path.includes('*') ? pattern(path) : path };
}

/** Returns the error of {@link parseAllowRule} without its subject, such as `must have ..., got "..."; write "..."`. */
export function allowRuleProblem(text: string): string | undefined {
  const [method = '', path = '', ...more] = text.split(' ');
  if (NEVER_FORWARDED.includes(method)) {
    return `must not have ${method}, which the proxy never forwards, got "${oneLine(text)}"; leave the rule out`;
  }
  const problem = more.length > 0 ? 'must have one space, after its method' : (ofMethod(method) ?? ofPath(path));
  return problem && `${problem}, got "${oneLine(text)}"; write "${meantRule(text)}"`;
}

/**
 * Whether a request is allowed. Without rules, every request is.
 *
 * @param method as the request has it, because letter case counts
 * @param path as `requestPath` returns it
 */
export function isAllowed(rules: readonly AllowRule[], method: string, path: string): boolean {
  return (
    rules.length === 0 ||
    rules.some(
      (rule) =>
        (rule.method === method || rule.method === '*') &&
        (typeof rule.path === 'string' ? rule.path === path : rule.path.test(path)),
    )
  );
}

function ofMethod(method: string): string | undefined {
  if (method.startsWith('/')) {
    return 'must begin with a method, or with "*" for all methods';
  }
  return method === '*' || METHOD.test(method) ? undefined : 'must begin with one method in upper case, or with "*"';
}

function ofPath(path: string): string | undefined {
  if (!path.startsWith('/')) {
    return 'must have a path that begins with "/"';
  }
  if (/[?#]/.test(path)) {
    return 'must have no query and no fragment, because paths alone are compared';
  }
  const segments = path.slice(1).split('/');
  if (segments.slice(0, -1).includes('**')) {
    return 'must have "**" at its end only';
  }
  return segments.map((segment, index) => ofSegment(segment, index === segments.length - 1)).find(Boolean);
}

function ofSegment(segment: string, isLast: boolean): string | undefined {
  if (segment === '' && isLast) {
    return undefined;
  }
  return SEGMENT_PROBLEMS.find(([has]) => has.test(segment))?.[1];
}

const SEGMENT_PROBLEMS: readonly (readonly [has: RegExp, problem: string])[] = [
  [/^\.*$/, 'must have no empty segment and no dot segment, because requests with them are refused'],
  [/%/, 'must have no escapes, because the decoded path is compared'],
  [/;/, 'must have no ";", because requests with it are refused'],
  [/[{}<>]|^:/, 'must have "*" for a segment that differs'],
  [/^(?!\*{1,2}$).*\*/, 'must have "*" for whole segments only'],
  // eslint-disable-next-line no-useless-escape -- the hyphen is a character here
  [/[^\w!$&'()*+,=:@~.\-]/, 'must have "*" for a segment with other characters than those of a URL'],
];

/** Returns a rule that is right and near to the text. */
function meantRule(text: string): string {
  const [first = '', ...others] = text.split(/\s+/).filter((word) => word !== '');
  const [method, target = '/'] = /^[A-Za-z,|-]+$|^\*$/.test(first) ? [first, others[0]] : ['GET', first];
  const name = method.toUpperCase().split(/[,|]/)[0] ?? '';
  const segments = target
    .replace(/^https?:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/s, '')
    .replace(/^\//, '')
    .replace(/;[^/]*/g, '')
    .split('/');
  const path = segments.flatMap((segment, index) => meantSegment(segment, index === segments.length - 1));
  return `${name === '*' || METHOD.test(name) ? name : 'GET'} /${path.join('/')}`;
}

function meantSegment(segment: string, isLast: boolean): string[] {
  if (isLast && (segment === '' || segment === '**')) {
    return [segment];
  }
  const problem = segment === '**' ? 'not last' : ofSegment(segment, false);
  return problem === undefined ? [segment] : /^\.*$/.test(segment) ? [] : ['*'];
}

function pattern(path: string): RegExp {
  const segments = path.split('/').map((segment) => {
    return segment === '**' ? '.+' : segment === '*' ? '[^/]+' : segment.replace(/[$()*+.]/g, String.raw`\$&`);
  });
  return new RegExp(`^${segments.join('/')}$`, 's');
}
