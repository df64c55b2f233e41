/**
 * Names that programs stumble over, made by rule: what may stand alone, before, behind and between letters, what looks
 * like something else, what is as long as it may be. All of them differ byte for byte.
 */

const PUNCTUATION = [...Array(95).keys()]
  .map((at) => String.fromCharCode(32 + at))
  .filter((sign) => /[^A-Za-z0-9/]/.test(sign))

/** Devices of Windows, with and without an ending. */
const DEVICES = ['con', 'prn', 'aux', 'nul', 'clock$', 'conin$', ...numbered('com'), ...numbered('lpt')]

function numbered(stem: string): readonly string[] {
  return [...Array(9).keys()].map((at) => `${stem}${at + 1}`)
}

/** What is not seen, or changes how others are seen: joiners, direction marks, variation selectors, tags, fillers. */
const INVISIBLE = [
  ...[0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x3164, 0xfeff, 0xffa0, 0x1d173, 0xe0001, 0xe0020],
  ...range(0x200b, 0x200f),
  ...range(0x202a, 0x202e),
  ...range(0x2060, 0x2064),
  ...range(0x2066, 0x206f),
  ...range(0xfe00, 0xfe0f),
].map((code) => String.fromCodePoint(code))

/** Blanks of every width, and the separators of lines and paragraphs. */
const BLANKS = [0xa0, 0x1680, ...range(0x2000, 0x200a), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000].map((code) =>
  String.fromCodePoint(code),
)

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

/** One text in every Unicode form it has. */
const FORMS = [
  'caf\u00e9',
  '\u212b',
  '\ufb01n',
  '\ud55c\uae00',
  '\u1e69',
  '\u2126',
  '\u0344',
  '\u00bd',
  '\u01c6',
  '\u1f82',
].flatMap((text) => [
  text,
  text.normalize('NFC'),
  text.normalize('NFD'),
  text.normalize('NFKC'),
  text.normalize('NFKD'),
])

const CASES = [
  '\u00df',
  'ss',
  'SS',
  '\u1e9e',
  '\u0131',
  'i',
  'I',
  '\u0130',
  '\u03c3',
  '\u03c2',
  '\u03a3',
  '\u01c5',
  '\u01c4',
  '\ufb00',
  'FF',
]

const PROPERTIES = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...[
    'prototype',
    'length',
    'name',
    'then',
    'toJSON',
    'null',
    'undefined',
    'NaN',
    'true',
    '0',
    '-0',
    '-1',
    '1e3',
    '00',
  ],
]

/** Near to what is reserved, but free. */
const NEIGHBOURS = [
  '.tidemar',
  '.tidemarks',
  'tidemark',
  '..tidemark',
  '.tidemarkignore',
  '.tidemark-',
  'tidema~',
  'tidema~x',
  '~1',
]

const PATTERNS = [
  ...[
    "'; DROP TABLE nodes; --",
    '%00',
    '%2e%2e',
    '..%2f',
    '%s%n',
    '${x}',
    '$(id)',
    '`id`',
    '{{x}}',
    '<b>',
    '&amp;',
    '\\0',
    '\\n',
    '\\x41',
  ],
  ...[
    'C:',
    'C:\\x',
    '\\\\host\\share',
    'a:stream',
    'file:',
    'http:',
    '....',
    '.....',
    '. . .',
    '-',
    '--',
    '-rf',
    '-rf .',
    '!!',
    '~',
    '~root',
    '*.*',
  ],
  ...[
    '**',
    '[!a]',
    '{a,b}',
    '#x#',
    '.#x',
    'x~',
    '.git',
    '.DS_Store',
    'Thumbs.db',
    'desktop.ini',
    '.nfs0001',
    'core',
    'lost+found',
    '@eaDir',
  ],
]

const LENGTHS = [
  ...[254, 255].map((length) => 'y'.repeat(length)),
  ...['\u00e9', '\u6c34', '\u{1f30a}', '\u0301'].map((sign) => sign.repeat(Math.floor(255 / Buffer.byteLength(sign)))),
  `${'z'.repeat(251)}.txt`,
  `.${'z'.repeat(254)}`,
]

const EMOJI = [
  ...[
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\u{1f3f3}\ufe0f\u200d\u{1f308}',
    '\u{1f1e9}\u{1f1ea}',
    '1\ufe0f\u20e3',
    '\u{1f44d}\u{1f3fd}',
  ],
  ...[
    '\u{10ffff}',
    '\u{e000}',
    '\ufffd',
    '\uffff',
    '\u{1fffe}',
    'Z\u0351\u036b\u0343',
    '\u05d0b\u05d2',
    '\u0645\u0631\u062d\u0628\u0627',
  ],
]

const RULES: readonly (readonly string[])[] = [
  PUNCTUATION.flatMap((sign) => [sign, `${sign}x`, `x${sign}`, `x${sign}y`, `${sign}${sign}x`]),
  DEVICES.flatMap((device) => [device, `${device}.txt`]),
  INVISIBLE.flatMap((sign) => [sign, `a${sign}b`]),
  BLANKS.flatMap((blank) => [blank, `${blank}a`, `a${blank}`]),
  FORMS,
  CASES,
  PROPERTIES,
  NEIGHBOURS,
  PATTERNS,
  LENGTHS,
  EMOJI,
]

export const NASTY_NAMES: readonly string[] = [...new Set(RULES.flat())].filter((name) => name !== '.' && name !== '..')

const text = (name: string): Buffer => Buffer.from(name, 'utf8')

/** Names a Linux disk holds and a workspace never does, as bytes: control characters, what is reserved, what is no text. */
export const REFUSED_NAMES: readonly Buffer[] = [
  ...[...range(1, 0x1f), 0x7f, ...range(0x80, 0x9f)].map((code) => text(`a${String.fromCodePoint(code)}b`)),
  ...[
    '.TIDEMARK',
    '.Tidemark',
    '.tidemark ',
    '.tidemark.',
    '.ti\u200bdemark',
    '.tidemark::$DATA',
    'TIDEMA~1',
    'tidema~12',
  ].map(text),
  ...[
    [0xff],
    [0xc3],
    [0x61, 0xff, 0x62],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0x80],
  ].map((bytes) => Buffer.from(bytes)),
]
