import type { BilingualAdvice } from '../../errors.js';

/** Every way in which Ozon says no (Ozon docs, guide to frequent errors; answers seen live). */
export type OzonTrouble =
  | 'headers-missing'
  | 'client-id-invalid'
  | 'key-unknown'
  | 'role-missing'
  | 'key-deactivated'
  | 'ip-bound'
  | 'offer-unsigned'
  | 'forbidden'
  | 'method-retired'
  | 'method-unknown'
  | 'request-invalid'
  | 'rate-limited'
  | 'circle-open'
  | 'ozon-down'
  | 'unknown';

const NEW_KEY = {
  ru: 'Сгенерируйте новый ключ в личном кабинете Ozon Seller (Настройки → Seller API) и укажите его в OZON_API_KEY.',
  en: 'Make a new key in the Ozon seller account (Настройки → Seller API) and set OZON_API_KEY.',
};

const ADVICE: Readonly<Record<OzonTrouble, BilingualAdvice>> = {
  'headers-missing': {
    ru: {
      what: 'Ozon не получил Client-Id или Api-Key.',
      remedy:
        'Укажите OZON_CLIENT_ID и OZON_API_KEY; если они заданы, проверьте, не удаляет ли заголовки прокси-сервер.',
    },
    en: {
      what: 'Ozon received no Client-Id or no Api-Key.',
      remedy: 'Set both OZON_CLIENT_ID and OZON_API_KEY; if they are set, see whether a proxy drops headers.',
    },
  },
  'client-id-invalid': {
    ru: {
      what: 'Ozon не принимает Client-Id: это должно быть целое положительное число.',
      remedy:
        'Скопируйте Client ID в личном кабинете Ozon Seller (Настройки → Seller API) и укажите его в OZON_CLIENT_ID.',
    },
    en: {
      what: 'Ozon does not accept the Client-Id: it must be a positive whole number.',
      remedy:
        'Copy the Client ID from the Ozon seller account (Настройки → Seller API) and set OZON_CLIENT_ID to it.',
    },
  },
  'key-unknown': {
    ru: {
      what: 'Ozon не знает такой ключ: он удалён, скопирован не полностью или относится к другому Client ID.',
      remedy: `Проверьте, что OZON_CLIENT_ID и OZON_API_KEY из одного кабинета. ${NEW_KEY.ru}`,
    },
    en: {
      what: 'Ozon does not know this key: it is deleted, not copied whole, or belongs to another Client ID.',
      remedy: `Check that OZON_CLIENT_ID and OZON_API_KEY belong together. ${NEW_KEY.en}`,
    },
  },
  'role-missing': {
    ru: {
      what: 'У ключа Ozon нет роли, которая нужна для этого метода.',
      remedy:
        'В личном кабинете (Настройки → Seller API) создайте ключ с ролями «Product read-only», «Warehouse» (если ' +
        'задан OZON_WAREHOUSE_ID) и «Report» (если OZON_FBO_STOCKS=analytics) или с ролью «Admin» и укажите его в ' +
        'OZON_API_KEY.',
    },
    en: {
      what: 'The Ozon key lacks the role that this method needs.',
      remedy:
        'In the seller account (Настройки → Seller API) make a key with the role "Product read-only", with ' +
        '"Warehouse" too where OZON_WAREHOUSE_ID is set and "Report" where OZON_FBO_STOCKS=analytics, or with ' +
        '"Admin", and set OZON_API_KEY.',
    },
  },
  'key-deactivated': {
    ru: { what: 'Ключ Ozon отключён или его срок истёк.', remedy: NEW_KEY.ru },
    en: { what: 'The Ozon key was switched off or has run out.', remedy: NEW_KEY.en },
  },
  'ip-bound': {
    ru: {
      what: 'Ключ Ozon разрешено использовать только с определённых IP-адресов, и этого сервера среди них нет.',
      remedy:
        'Добавьте внешний IP-адрес этого сервера в разрешённые сети ключа (Настройки → Seller API) или снимите ' +
        'ограничение.',
    },
    en: {
      what: 'The Ozon key may be used from certain IP addresses only, and this machine is not among them.',
      remedy:
        "Add this machine's outgoing IP address to the key's networks in the seller account (Настройки → Seller " +
        'API), or lift the restriction.',
    },
  },
  'offer-unsigned': {
    ru: {
      what: 'Ozon закрыл доступ к API: не принята действующая оферта.',
      remedy: 'Войдите в личный кабинет Ozon Seller, примите оферту и запустите синхронизацию снова.',
    },
    en: {
      what: 'Ozon has closed the API: the current offer is not signed.',
      remedy: 'Sign the current offer in the Ozon seller account, then run again.',
    },
  },
  forbidden: {
    ru: {
      what: 'Ozon запретил доступ и не назвал известной причины.',
      remedy: `Проверьте роли, сети и срок ключа в личном кабинете (Настройки → Seller API). ${NEW_KEY.ru}`,
    },
    en: {
      what: 'Ozon refuses access for a reason that is not documented.',
      remedy: `Look at the key's roles, networks and last day in the seller account (Настройки → Seller API). ${NEW_KEY.en}`,
    },
  },
  'method-retired': {
    ru: {
      what: 'Ozon отключил этот метод.',
      remedy: 'Обновите inventory-sync; если замена метода известна, укажите её путь в OZON_PATHS.',
    },
    en: {
      what: 'Ozon has switched this method off.',
      remedy: 'Please update inventory-sync; where the successor is known, point to it with OZON_PATHS.',
    },
  },
  'method-unknown': {
    ru: {
      what: 'По этому адресу у Ozon нет такого метода.',
      remedy: 'Проверьте OZON_API_URL и OZON_PATHS; если они верны, метод удалён: обновите inventory-sync.',
    },
    en: {
      what: 'There is no such method of Ozon at this address.',
      remedy:
        'Check OZON_API_URL and OZON_PATHS; if they are right, the method is gone: update inventory-sync.',
    },
  },
  'request-invalid': {
    ru: {
      what: 'Ozon отклонил запрос: изменились требования к его параметрам.',
      remedy:
        'Проверьте OZON_WAREHOUSE_ID и OZON_PATHS и обновите inventory-sync; если ошибка осталась, сообщите о ней ' +
        'разработчикам вместе с номером запроса.',
    },
    en: {
      what: 'Ozon rejects the request: what it may contain has changed.',
      remedy:
        'Check OZON_WAREHOUSE_ID and OZON_PATHS, and update inventory-sync; if it stays, report it with the request id.',
    },
  },
  'rate-limited': {
    ru: {
      what: 'Превышен лимит запросов к Ozon.',
      remedy:
        'Запросы повторятся сами. Лимит общий для всех программ с этим Client ID: если ошибка повторяется, ' +
        'уменьшите OZON_MAX_RPS.',
    },
    en: {
      what: 'Too many requests to Ozon.',
      remedy:
        'They are repeated by themselves. All programs with this Client-Id count together: if this goes on, lower ' +
        'OZON_MAX_RPS.',
    },
  },
  'circle-open': {
    ru: {
      what: 'Ozon временно заблокировал метод из-за большого количества запросов.',
      remedy:
        'Подождите несколько минут: метод откроется сам. Если это повторяется, уменьшите OZON_MAX_RPS и проверьте ' +
        'другие программы с этим Client ID.',
    },
    en: {
      what: 'Ozon has shut this method for some minutes, as there were too many requests.',
      remedy:
        'Run again after some minutes. If it comes back, lower OZON_MAX_RPS and look at other programs with this ' +
        'Client-Id.',
    },
  },
  'ozon-down': {
    ru: {
      what: 'На стороне Ozon произошла ошибка.',
      remedy:
        'Повторите позже. Если ошибка держится больше суток, напишите в поддержку из личного кабинета Ozon Seller и ' +
        'приложите номер запроса.',
    },
    en: {
      what: 'Ozon has trouble of its own.',
      remedy:
        'Try again later. If it lasts for more than a day, ask support in the Ozon seller account, with the request id.',
    },
  },
  unknown: {
    ru: {
      what: 'Ozon ответил ошибкой, которой нет в документации.',
      remedy:
        'Проверьте OZON_API_URL; если адрес верный, сообщите об ошибке разработчикам вместе с номером запроса.',
    },
    en: {
      what: 'Ozon answers with an error that is not documented.',
      remedy: 'Check OZON_API_URL; if it is right, report this with the request id.',
    },
  },
};

/** @param maxRps requests per second that Ozon says it allows */
export function ozonAdvice(trouble: OzonTrouble, maxRps?: number): BilingualAdvice {
  if (trouble !== 'rate-limited' || maxRps === undefined) return ADVICE[trouble];
  return {
    ru: {
      what: `Превышен лимит запросов к Ozon: сейчас разрешено ${maxRps} в секунду.`,
      remedy:
        `Запросы повторятся сами, реже. Укажите OZON_MAX_RPS не больше ${maxRps}; лимит общий для всех программ с ` +
        'этим Client ID.',
    },
    en: {
      what: `Too many requests to Ozon: it allows ${maxRps} per second now.`,
      remedy:
        `They are repeated by themselves, more slowly. Set OZON_MAX_RPS to ${maxRps} at most; all programs with ` +
        'this Client-Id count together.',
    },
  };
}
