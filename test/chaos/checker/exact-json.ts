/** JSON.parse that keeps whole numbers beyond 2^53 as strings of their digits: ids of marketplaces have that many. */
export function parseExact(text: string): unknown {
  return JSON.parse(/\d{16}/.test(text) ? quoteLongNumbers(text) : text);
}

function quoteLongNumbers(text: string): string {
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (char === '"') {
      at = endOfString(text, at);
    } else if (char === '-' || isDigit(char)) {
      let end = at + 1;
      while (/[-+.\deE]/.test(text[end] ?? '')) end += 1;
      const token = text.slice(at, end);
      if (/^-?[1-9]\d*$/.test(token) && !Number.isSafeInteger(Number(token))) {
        out += `${text.slice(copied, at)}"${token}"`;
        copied = end;
      }
      at = end;
    } else {
      at += 1;
    }
  }
  return out + text.slice(copied);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9';
