/** Cuts a text to the length of its column, in characters as MySQL counts them (a surrogate pair is one). */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = Array.from(text.slice(0, 2 * length));
  if (text.length <= 2 * length && characters.length <= length) return text;
  return `${characters.slice(0, length - 1).join('')}…`;
}

/** The same without a sign that something is missing, for texts that are names to programs. */
export function truncated(text: string, length: number): string {
  if (text.length <= length) return text;
  return Array.from(text.slice(0, 2 * length))
    .slice(0, length)
    .join('');
}
