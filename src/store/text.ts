/** Cuts a text to the length of its column, in characters as MySQL counts them (a surrogate pair is one). */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = Array.from(text.slice(0, 2 * length));
  if (text.length <= 2 * length && characters.length <= length) return text;
  return `${characters.slice(0, length - 1).join('')}…`;
}
