/*
 * The paragraphs of comments, without the marks of a doc comment.
 */

/** Tags whose first word is a name. */
const NAMED = /^@(?:param|template|property)\s+(?:\{[^}]*\}\s+)?\S+\s*/;
/** Tags that a sentence does not follow. */
const WITHOUT_TEXT = /^@(?:see|default|type|typedef|example)\b/;

/**
 * @param {{ type: string, value: string, loc: object }[]} comments in the order of the file
 * @returns {{ text: string, loc: object }[]}
 */
function paragraphsOfComments(comments) {
  return joined(comments).flatMap(({ value, loc }) =>
    value
      .split('\n')
      .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
      .join('\n')
      .replace(/```[^]*?```/g, '\n\n')
      .replace(/\{@link ([^}]*)\}/g, '$1')
      .replace(/`[^`]*`/g, 'code')
      // A tag, an item of a list, and an empty line begin a paragraph.
      .split(/\n(?=\s*(?:@\w|[-*] |\d+\. ))|(?<=[.\s])(?=@(?:param|returns|throws|default|see)\b)|\n\s*\n/)
      .map((paragraph) => paragraph.trim().replace(/^(?:[-*]|\d+\.) /, ''))
      .filter((paragraph) => paragraph !== '' && !WITHOUT_TEXT.test(paragraph) && !/^eslint-/.test(paragraph))
      .map((paragraph) => ({ text: paragraph.replace(NAMED, '').replace(/^@\w+\s*/, ''), loc })),
  );
}

/** Joins line comments that follow one another. */
function joined(comments) {
  const result = [];
  for (const { type, value, loc } of comments) {
    const last = result.at(-1);
    const follows =
      type === 'Line' &&
      last?.type === 'Line' &&
      last.loc.end.line === loc.start.line - 1 &&
      last.loc.start.column === loc.start.column;
    if (follows) {
      last.value += `\n${value}`;
      last.loc = { start: last.loc.start, end: loc.end };
    } else {
      result.push({ type, value, loc });
    }
  }
  return result;
}

module.exports = { paragraphsOfComments };
