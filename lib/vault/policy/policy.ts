import { parsePolicyText, PolicyUnreadable, type PolicyItem, type PolicyValue } from './syntax';

/** A policy's rule for one path. */
export interface PolicyRule {
  /** As written, without a leading slash. */
  readonly path: string;
  /** Only `deny` if it is among them. */
  readonly capabilities: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
}

/** Attributes of a rule, in Vault and OpenBao. Limits are ignored here: a caller can comply with them and still read. */
const ATTRIBUTES = [
  'allowed_parameters',
  'capabilities',
  'comment',
  'control_group',
  'denied_parameters',
  'expiration',
  'list_scan_response_keys_filter_path',
  'max_wrapping_ttl',
  'mfa_methods',
  'min_wrapping_ttl',
  'pagination_limit',
  'policy',
  'required_parameters',
  'subscribe_event_types',
];

/** Values of `policy`, from before there were capabilities. */
const OLD_STYLE: Readonly<Record<string, readonly string[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};

/** @throws PolicyUnreadable if the policy's meaning to Vault is not certain */
export function parsePolicy(name: string, text: string, now = new Date()): Policy {
  const rules = parsePolicyText(text).flatMap((item) => {
    const [first] = item.keys;
    if (first === 'name' && item.keys.length === 1) {
      return [];
    }
    if (first !== 'path') {
      throw new PolicyUnreadable(`it has "${first ?? ''}" in place of "path"`);
    }
    return pathItems(item).flatMap(({ keys, value }) => ruleOf(keys[0] ?? '', value, now));
  });
  return { name, rules };
}

/** `path "a" { }` in HCL; in JSON an object of paths, or a list of such objects. */
function pathItems({ keys, value }: PolicyItem): readonly PolicyItem[] {
  if (keys.length === 2) {
    return [{ keys: keys.slice(1), value }];
  }
  const objects = value.kind === 'list' ? value.values : [value];
  return objects.flatMap((object) => {
    if (keys.length !== 1 || object.kind !== 'object' || object.items.some((item) => item.keys.length !== 1)) {
      throw new PolicyUnreadable('one of its "path" items has no rules');
    }
    return object.items;
  });
}

/** @returns none if the rule has expired */
function ruleOf(path: string, value: PolicyValue, now: Date): PolicyRule[] {
  if (value.kind !== 'object') {
    throw new PolicyUnreadable(`the rule for "${path}" is no block`);
  }
  const attributes = new Map<string, PolicyValue>();
  for (const { keys, value: given } of value.items) {
    const [name = ''] = keys;
    if (!ATTRIBUTES.includes(name) || attributes.has(name)) {
      throw new PolicyUnreadable(`"${name}" in the rule for "${path}" is unknown, or is there twice`);
    }
    attributes.set(name, given);
  }
  const expiration = textOf(attributes.get('expiration'));
  if (expiration !== undefined && !(Date.parse(expiration) > now.getTime())) {
    if (Number.isNaN(Date.parse(expiration))) {
      throw new PolicyUnreadable(`the expiration in the rule for "${path}" is no time`);
    }
    return [];
  }
  const policy = textOf(attributes.get('policy')) ?? '';
  const oldStyle = policy === '' ? [] : OLD_STYLE[policy];
  if (oldStyle === undefined) {
    throw new PolicyUnreadable(`policy "${policy}" in the rule for "${path}" is unknown`);
  }
  const capabilities = [...listOf(path, attributes.get('capabilities')), ...oldStyle];
  return [{ path: path.replace(/^\//, ''), capabilities: capabilities.includes('deny') ? ['deny'] : capabilities }];
}

function textOf(value: PolicyValue | undefined): string | undefined {
  if (value !== undefined && value.kind !== 'text') {
    throw new PolicyUnreadable('one of its texts is no text');
  }
  return value?.text;
}

function listOf(path: string, value: PolicyValue | undefined): string[] {
  if (value === undefined) {
    return [];
  }
  if (value.kind !== 'list') {
    throw new PolicyUnreadable(`the capabilities in the rule for "${path}" are no list`);
  }
  return value.values.map((each) => textOf(each) ?? '');
}
