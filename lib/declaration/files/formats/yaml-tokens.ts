import { type CST, Parser } from 'yaml';
import type { Refuse } from './document';

/** More levels than any declaration has. */
const MOST_LEVELS = 100;

/**
 * The tokens of a YAML text. The composer calls itself for each level, and V8 ends the process if it compiles a regular expression
 * at the end of the stack. So the depth is checked before.
 */
export function yamlTokens(text: string, refuse: Refuse): readonly CST.Token[] {
  const tokens = [...new Parser().parse(text)];
  const open = tokens.map((token) => ({ token, level: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, level } = next;
    if (level > MOST_LEVELS) {
      refuse('this YAML is nested too deeply', 'offset' in token ? token.offset : 0);
    }
    for (const part of partsOf(token)) {
      open.push({ token: part, level: level + 1 });
    }
  }
  return tokens;
}

function partsOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') {
    return token.value === undefined ? [] : [token.value];
  }
  const items = 'items' in token ? token.items : [];
  return items.flatMap(({ key, value }) => [key, value].filter((part) => part !== undefined && part !== null));
}
