/**
 * Words that people read belong into src/lib/i18n/en/*.json. This rule finds
 * those that are written into a component: text, the attributes that are read
 * aloud or shown, strings in {…}, and what a toast says.
 */
const attributes = new Set(['aria-label', 'aria-description', 'aria-placeholder', 'label', 'title', 'placeholder', 'alt']);
/** Our own name, and marks that are no words. */
const names = /^(Parley|Inter|Esc)$/;

const isWord = (text) => /\p{L}{2,}/u.test(text) && !names.test(text.replace('·', '').trim());
/** A string in an expression is for people when it looks like a sentence: it begins with a capital, or has spaces. */
const looksSaid = (text) => isWord(text) && (/^\p{Lu}\p{Ll}/u.test(text) || /\p{L} \p{L}/u.test(text));

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: { type: 'problem', schema: [], messages: { words: 'Put “{{text}}” into src/lib/i18n/en and use t().' } },
  create(context) {
    const report = (node, text) => context.report({ node, messageId: 'words', data: { text: text.trim().slice(0, 40) } });
    const inAttribute = (node) => {
      for (let n = node.parent; n; n = n.parent) {
        if (n.type === 'SvelteAttribute') return n.key?.name ?? '';
        if (n.type === 'SvelteDirective' || n.type === 'SvelteStyleDirective' || n.type === 'SvelteScriptElement') return 'code';
        if (n.type === 'SvelteMustacheTag' && n.parent?.type !== 'SvelteAttribute') return undefined;
      }
      return 'code';
    };
    return {
      SvelteText(node) {
        if (node.parent.type !== 'SvelteStyleElement' && isWord(node.value)) report(node, node.value);
      },
      SvelteLiteral(node) {
        const name = node.parent.key?.name;
        if (attributes.has(name) && isWord(node.value)) report(node, node.value);
      },
      Literal(node) {
        if (typeof node.value !== 'string' || !looksSaid(node.value)) return;
        const parent = node.parent;
        if (parent.type === 'CallExpression' && parent.callee.type === 'MemberExpression' && parent.callee.object.name === 'toasts')
          return report(node, node.value);
        if (parent.type === 'BinaryExpression' || !context.filename.endsWith('.svelte')) return;
        const attribute = inAttribute(node);
        if (attribute === undefined || attributes.has(attribute)) report(node, node.value);
      },
    };
  },
};
