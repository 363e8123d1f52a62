const { paragraphsOfComments } = require('./comment-text.cjs');
const { faultOf, sentencesOf } = require('./sentences.cjs');

/*
 * A rule of ESLint: refuses long sentences, and sentences that do not begin with their subject. It reads comments, the texts
 * that programs print, and titles of tests. The script pages.mjs reads the pages.
 */

const TITLED = new Set(['describe', 'it', 'test']);

module.exports = {
  meta: {
    type: 'suggestion',
    messages: { fault: 'The sentence "{{beginning}}" {{fault}}. CONTRIBUTING.md has the rules.' },
    schema: [{ type: 'object', properties: { titlesOnly: { type: 'boolean' } }, additionalProperties: false }],
  },

  create(context) {
    function check(text, loc, anyCase) {
      for (const sentence of sentencesOf(text)) {
        const fault = faultOf(sentence, { anyCase });
        if (fault !== undefined) {
          const beginning = sentence.split(' ').slice(0, 6).join(' ');
          context.report({ loc, messageId: 'fault', data: { beginning, fault } });
        }
      }
    }
    const titlesOnly = context.options[0]?.titlesOnly ?? false;
    return {
      'Program:exit'() {
        for (const { text, loc } of paragraphsOfComments(context.sourceCode.getAllComments())) {
          check(text, loc, true);
        }
      },
      'Literal, TemplateLiteral, BinaryExpression[operator="+"]'(node) {
        const { parent } = node;
        const isPart = parent.type === 'BinaryExpression' && parent.operator === '+';
        const isTitle = parent.type === 'CallExpression' && parent.arguments[0] === node && TITLED.has(rootOf(parent));
        if (isPart || (titlesOnly && !isTitle)) {
          return;
        }
        // An indented line is an item of a list or an example.
        for (const paragraph of textOf(node).split(/\n(?=\s)/)) {
          if (!looksLikeCode(paragraph)) {
            check(paragraph.replace(/`[^`]*`/g, 'code'), node.loc, isTitle);
          }
        }
      },
    };
  },
};

/** @returns the text of a literal, of a template and of a sum of them, with one word for each expression */
function textOf(node) {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? node.value : '';
    case 'TemplateLiteral':
      return node.quasis.map(({ value }) => value.cooked ?? value.raw).join('X');
    case 'BinaryExpression':
      return node.operator === '+' ? `${textOf(node.left)}${textOf(node.right)}` : 'X';
    default:
      return 'X';
  }
}

/** @returns the function's name in `it(...)`, `it.each(...)(...)` and the like */
function rootOf({ callee }) {
  let node = callee;
  while (
    node.type === 'MemberExpression' ||
    node.type === 'CallExpression' ||
    node.type === 'TaggedTemplateExpression'
  ) {
    node = node.object ?? node.callee ?? node.tag;
  }
  return node.name;
}

function looksLikeCode(text) {
  return /^\s*(?:-----BEGIN|<)|[{};]\s*$/m.test(text);
}
