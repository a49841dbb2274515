/** Word lists of the invented catalogue. Adjectives are stems with an ending class, so that they agree in gender. */

export type Gender = 'm' | 'f' | 'n' | 'pl';
type EndingClass = 'hard' | 'velar' | 'soft' | 'stressed';
export type Adjective = readonly [stem: string, ending: EndingClass];

export const ENDINGS: Readonly<Record<EndingClass, Readonly<Record<Gender, string>>>> = {
  hard: { m: 'ый', f: 'ая', n: 'ое', pl: 'ые' },
  velar: { m: 'ий', f: 'ая', n: 'ое', pl: 'ие' },
  soft: { m: 'ий', f: 'яя', n: 'ее', pl: 'ие' },
  stressed: { m: 'ой', f: 'ая', n: 'ое', pl: 'ые' },
};

interface Kind {
  readonly word: string;
  readonly gender: Gender;
  /** Latin letters at the head of the article. */
  readonly code: string;
  readonly category: string;
  readonly materials: readonly Adjective[];
  readonly measures: readonly string[];
  /** Sizes of clothes; anything else has the one size `0`. */
  readonly sizes?: readonly string[];
}

const ceramic: Adjective = ['керамическ', 'velar'];
const glass: Adjective = ['стеклянн', 'hard'];
const steel: Adjective = ['стальн', 'stressed'];
const wooden: Adjective = ['деревянн', 'hard'];
const bamboo: Adjective = ['бамбуков', 'hard'];
const silicone: Adjective = ['силиконов', 'hard'];
const cotton: Adjective = ['хлопков', 'hard'];
const linen: Adjective = ['льнян', 'stressed'];
const woollen: Adjective = ['шерстян', 'stressed'];
const knitted: Adjective = ['вязан', 'hard'];
const leather: Adjective = ['кожан', 'hard'];
const textile: Adjective = ['текстильн', 'hard'];
const plastic: Adjective = ['пластиков', 'hard'];
const metal: Adjective = ['металлическ', 'velar'];
const fluffy: Adjective = ['плюшев', 'hard'];
const rubber: Adjective = ['резинов', 'hard'];

const LETTER_SIZES = ['XS', 'S', 'M', 'L', 'XL'] as const;
const NUMBER_SIZES = ['42', '44', '46', '48', '50', '52'] as const;
const SOCK_SIZES = ['36-38', '39-41', '42-44'] as const;
const SHOE_SIZES = ['36', '37', '38', '39', '40', '41'] as const;

const DISHES = 'Посуда и инвентарь';
const HOME = 'Товары для дома';
const CLOTHES = 'Одежда';
const SHOES = 'Обувь';
const CHILDREN = 'Детские товары';
const PETS = 'Товары для животных';
const SPORT = 'Спорт и отдых';
const GARDEN = 'Дача и сад';

function kind(
  category: string,
  word: string,
  gender: Gender,
  code: string,
  materials: readonly Adjective[],
  measures: readonly string[],
  sizes?: readonly string[],
): Kind {
  return { category, word, gender, code, materials, measures, ...(sizes ? { sizes } : {}) };
}

export const KINDS: readonly Kind[] = [
  kind(DISHES, 'Кружка', 'f', 'KR', [ceramic, glass, steel], ['250 мл', '350 мл', '420 мл', '500 мл']),
  kind(DISHES, 'Тарелка', 'f', 'TR', [ceramic, glass, bamboo], ['20 см', '24 см', '27 см']),
  kind(DISHES, 'Чайник', 'm', 'CH', [ceramic, glass, steel], ['600 мл', '1 л', '1,5 л']),
  kind(DISHES, 'Салатник', 'm', 'SL', [ceramic, glass, wooden], ['0,8 л', '1,2 л', '2 л']),
  kind(DISHES, 'Форма для выпечки', 'f', 'FV', [silicone, ceramic, metal], ['22 см', '26 см', '30×20 см']),
  kind(DISHES, 'Доска разделочная', 'f', 'DR', [wooden, bamboo, plastic], ['30×20 см', '36×24 см']),
  kind(DISHES, 'Бокалы', 'pl', 'BK', [glass], ['2 шт., 350 мл', '4 шт., 450 мл', '6 шт., 300 мл']),
  kind(HOME, 'Полотенце', 'n', 'PL', [cotton, linen], ['40×70 см', '50×90 см', '70×140 см']),
  kind(HOME, 'Плед', 'm', 'PD', [woollen, knitted, cotton], ['130×170 см', '150×200 см', '200×220 см']),
  kind(HOME, 'Скатерть', 'f', 'SK', [linen, cotton], ['140×180 см', '150×220 см']),
  kind(HOME, 'Корзина для хранения', 'f', 'KH', [textile, bamboo, plastic], ['10 л', '25 л', '40 л']),
  kind(HOME, 'Подсвечник', 'm', 'PS', [metal, glass, wooden], ['12 см', '18 см', '25 см']),
  kind(HOME, 'Зеркало', 'n', 'ZR', [metal, wooden], ['30 см', '45 см', '60 см']),
  kind(CLOTHES, 'Футболка', 'f', 'FT', [cotton], ['базовая', 'оверсайз'], LETTER_SIZES),
  kind(CLOTHES, 'Рубашка', 'f', 'RB', [cotton, linen], ['прямая', 'приталенная'], NUMBER_SIZES),
  kind(
    CLOTHES,
    'Свитер',
    'm',
    'SV',
    [woollen, knitted],
    ['с высоким горлом', 'с круглым вырезом'],
    LETTER_SIZES,
  ),
  kind(CLOTHES, 'Носки', 'pl', 'NS', [cotton, woollen], ['3 пары', '5 пар', '10 пар'], SOCK_SIZES),
  kind(CLOTHES, 'Платье', 'n', 'PT', [linen, cotton, knitted], ['миди', 'макси'], NUMBER_SIZES),
  kind(SHOES, 'Тапочки', 'pl', 'TP', [leather, woollen, textile], ['домашние', 'дорожные'], SHOE_SIZES),
  kind(SHOES, 'Сапоги', 'pl', 'SP', [rubber, leather], ['низкие', 'высокие'], SHOE_SIZES),
  kind(CHILDREN, 'Медведь', 'm', 'MD', [fluffy, knitted], ['25 см', '40 см', '60 см']),
  kind(CHILDREN, 'Конструктор', 'm', 'KN', [wooden, plastic], ['48 деталей', '120 деталей', '300 деталей']),
  kind(CHILDREN, 'Пирамидка', 'f', 'PR', [wooden, silicone], ['7 колец', '10 колец']),
  kind(PETS, 'Миска для кошки', 'f', 'MK', [ceramic, steel, silicone], ['200 мл', '400 мл']),
  kind(PETS, 'Поводок', 'm', 'PV', [leather, textile], ['1,2 м', '2 м', '3 м']),
  kind(PETS, 'Лежанка', 'f', 'LZ', [fluffy, textile], ['50×40 см', '70×60 см']),
  kind(SPORT, 'Коврик для йоги', 'm', 'KY', [rubber, textile], ['173×61 см', '183×61 см']),
  kind(SPORT, 'Бутылка для воды', 'f', 'BV', [steel, glass, plastic], ['500 мл', '750 мл', '1 л']),
  kind(GARDEN, 'Лейка', 'f', 'LK', [metal, plastic], ['2 л', '5 л', '10 л']),
  kind(GARDEN, 'Кашпо', 'n', 'KP', [ceramic, metal, wooden], ['1,5 л', '3 л', '7 л']),
];

export const COLOURS: readonly (readonly [adjective: Adjective, code: string])[] = [
  [['син', 'soft'], 'SIN'],
  [['бел', 'hard'], 'BEL'],
  [['чёрн', 'hard'], 'CHR'],
  [['зелён', 'hard'], 'ZEL'],
  [['красн', 'hard'], 'KRS'],
  [['серебрист', 'hard'], 'SER'],
  [['бежев', 'hard'], 'BEZ'],
  [['голуб', 'stressed'], 'GOL'],
  [['терракотов', 'hard'], 'TER'],
  [['оливков', 'hard'], 'OLV'],
  [['песочн', 'hard'], 'PES'],
  [['горчичн', 'hard'], 'GOR'],
];

export const BRANDS: readonly string[] = [
  'Тёплый угол',
  'Северный мох',
  'Лунный ёж',
  'Дом у реки',
  'Берёза и лён',
  'Полдень',
  'Сорока',
  'Рябиновый сад',
  'Kvadrat 27',
  'Snegir Home',
];

/** Sorting centres and warehouses of Wildberries, with the region each ships from. */
export interface WbWarehouse {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

export const WB_WAREHOUSES: readonly WbWarehouse[] = [
  { id: '507', name: 'Коледино', region: 'Центральный' },
  { id: '120762', name: 'Электросталь', region: 'Центральный' },
  { id: '206348', name: 'Тула', region: 'Центральный' },
  { id: '117986', name: 'Казань', region: 'Приволжский' },
  { id: '130744', name: 'Краснодар', region: 'Южный' },
  { id: '1733', name: 'Екатеринбург', region: 'Уральский' },
  { id: '686', name: 'Новосибирск', region: 'Сибирский' },
  { id: '2737', name: 'Санкт-Петербург', region: 'Северо-Западный' },
];
