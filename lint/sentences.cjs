/*
 * Sentences of a text for people, and the rules of CONTRIBUTING that a program can check.
 */

const LONGEST = 30;
const OPENINGS = ['of', 'what', 'who', 'whose', 'whoever'];
/** A sentence ends at a mark that white space and a new start follow. A semicolon joins two halves of one sentence. */
const END = /(?<!\b(?:e\.g|i\.e)\.)(?<=[.!?]["'”’)\]*_]*)\s+(?=["'“‘([*_]*[\p{Lu}\d`<$-])/u;

/**
 * @param {string} text one paragraph, in which a code span is one word
 * @returns {string[]}
 */
function sentencesOf(text) {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .split(END)
    .filter((sentence) => wordsOf(sentence) > 0);
}

/** @param {string} sentence */
function wordsOf(sentence) {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
}

/**
 * @param {string} sentence
 * @param {{ anyCase: boolean }} options anyCase: a small letter can begin a sentence, as in a comment
 * @returns {string | undefined} the rule that the sentence breaks
 */
function faultOf(sentence, { anyCase }) {
  const words = wordsOf(sentence);
  if (words > LONGEST) {
    return `has ${words} words, and ${LONGEST} is the limit`;
  }
  const [opening = ''] = /^[\p{L}]+/u.exec(sentence.replace(/^["'“‘([*_]+/, '')) ?? [];
  const isBeginning = anyCase || /^\p{Lu}\p{Ll}*$/u.test(opening);
  return isBeginning && OPENINGS.includes(opening.toLowerCase())
    ? `begins with "${opening}", and a subject comes first`
    : undefined;
}

module.exports = { faultOf, sentencesOf, wordsOf };
